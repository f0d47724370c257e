// Owns the few figures that a series of measurements is summed up in.

/**
 * @param {readonly number[]} values
 * @returns {number}
 */
export function median(values) {
  return percentile(values, 50)
}

/**
 * The value below which `percent` of the values lie, by nearest rank.
 * @param {readonly number[]} values not empty
 * @param {number} percent
 * @returns {number}
 */
export function percentile(values, percent) {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)
  return sorted[rank] ?? Number.NaN
}

/**
 * "0.71 [0.66–0.75]": median and spread.
 * @param {readonly number[]} values
 * @param {number} digits after the point
 * @returns {string}
 */
export function spread(values, digits) {
  const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)].map(
    (value) => value.toFixed(digits),
  )
  return `${middle} [${least}–${most}]`
}
