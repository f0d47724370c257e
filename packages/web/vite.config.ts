// How the page is built: sources in, `dist/page` out, every address relative so that any base path works.
// Must not know what the page contains. Before: tools/build.mjs; after: the gateway serves dist/page.
import { defineConfig } from 'vite'
import { compressedCopies } from './build/compressed-copies.ts'
import { sizeBudget } from './build/size-budget.ts'

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  resolve: { conditions: ['@limpet/source', 'browser', 'module', 'import', 'default'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist/page',
    emptyOutDir: true,
    target: 'es2023',
    // The page's policy (CSP) allows neither `data:` fonts nor inline scripts: every asset is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The size that counts is the budget below.
    chunkSizeWarningLimit: 1000,
  },
  plugins: [sizeBudget({ firstViewBytes: 250_000 }), compressedCopies()],
})
