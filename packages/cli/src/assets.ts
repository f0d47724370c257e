// Owns where the files lie that the gateway serves: the built page, and the examples.

import { fileURLToPath } from 'node:url'

export interface Assets {
  readonly pageDirectory: string
  readonly examplesDirectory: string
}

export function findAssets(): Assets {
  const page = new URL('./dist/page', import.meta.resolve('@limpet/web/package.json'))
  // The build lays them beside the program.
  const examples = new URL('./examples', import.meta.url)
  return { pageDirectory: fileURLToPath(page), examplesDirectory: fileURLToPath(examples) }
}
