// Owns waiting for the machine's typeface, in which everything is measured.

/** Longer than this nobody waits for letters: a slow network gets the system's. */
const PATIENCE_MS = 800

/** @returns when it is there, or will not be soon */
export async function loadMachineFont(): Promise<void> {
  const loaded = document.fonts.load("13px 'JetBrains Mono'").catch(() => [])
  const late = new Promise((resolve) => {
    setTimeout(resolve, PATIENCE_MS)
  })
  await Promise.race([loaded, late])
}
