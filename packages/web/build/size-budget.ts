// Owns the promise that the page opens fast: the build fails when the JavaScript of the first view grows
// above its budget. Must not know what is in it. Before: the bundler; after: a person who reads the failure.
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** What one chunk of the bundle says about itself, as far as it matters here. */
export interface BuiltChunk {
  readonly fileName: string
  readonly code: string
  readonly isEntry: boolean
  /** Files that are loaded together with it, not on demand. */
  readonly imports: readonly string[]
}

/** @returns bytes, gzipped file by file, of all JavaScript that is loaded before the first view can be drawn */
export function firstViewBytes(chunks: readonly BuiltChunk[]): number {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const needed = new Set<BuiltChunk>()
  const visit = (chunk: BuiltChunk | undefined): void => {
    if (chunk === undefined || needed.has(chunk)) return
    needed.add(chunk)
    for (const name of chunk.imports) visit(byName.get(name))
  }
  for (const chunk of chunks) if (chunk.isEntry) visit(chunk)
  return [...needed].reduce((sum, chunk) => sum + gzipSync(chunk.code).byteLength, 0)
}

/** @param options.firstViewBytes most JavaScript for the first view, in gzipped bytes */
export function sizeBudget(options: { readonly firstViewBytes: number }): Plugin {
  return {
    name: 'limpet-size-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk')
      const bytes = firstViewBytes(chunks)
      const budget = options.firstViewBytes
      if (bytes > budget) {
        this.error(
          `The first view needs ${bytes} bytes of gzipped JavaScript, the budget is ${budget}: load something on demand.`,
        )
      }
      this.info(`first view: ${bytes} of ${budget} bytes of gzipped JavaScript`)
    },
  }
}
