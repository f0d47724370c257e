// Owns small copies of what is built: beside each text file its `.br` and `.gz`, made once here instead of at each
// visit. Before: the bundler; after: the gateway's @fastify/static picks what the browser takes.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const TEXT = /\.(?:js|css|html|svg)$/

/** Below this a copy saves less than the header that names it. */
const LEAST_BYTES = 1024

export function compressedCopies(): Plugin {
  return {
    name: 'limpet-compressed-copies',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      // While somebody edits, a second of packing is more than a second of sending.
      if (this.meta.watchMode) return
      for (const name of Object.keys(bundle).filter((file) => TEXT.test(file))) {
        const file = join(dir, name)
        const bytes = readFileSync(file)
        if (bytes.byteLength < LEAST_BYTES) continue
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength }
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }))
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
      }
    },
  }
}
