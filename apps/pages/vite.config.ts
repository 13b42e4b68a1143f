import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Where the API is while Vite serves the pages; the built pages are served by the API itself. */
const apiUrl = process.env.VITE_API_URL ?? 'http://127.0.0.1:3000'
const apiPaths = ['/v1', '/health', '/docs', '/ops/queue']

export default defineConfig({
  plugins: [react(), tailwindcss(), compressBuilt()],
  build: {
    rolldownOptions: {
      treeshake: {
        // The contract's schemas are for the API. The pages use its types, its client and its codes, so schemas stay out of them.
        manualPureFunctions: ['Type', 'closedObject', 'printedText', 'wholeNumbersUpTo'],
      },
    },
  },
  server: { proxy: Object.fromEntries(apiPaths.map((prefix) => [prefix, { target: apiUrl, changeOrigin: false }])) },
})

/** Writes each built file once more as brotli and as gzip, so that the API only picks what the browser takes. */
function compressBuilt(): Plugin {
  const forms = [
    ['br', promisify(brotliCompress)],
    ['gz', promisify(gzip)],
  ] as const
  return {
    name: 'compress-built',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle)) {
        const file = path.join(dir, name)
        const bytes = await readFile(file)
        for (const [ending, compress] of forms) await writeFile(`${file}.${ending}`, await compress(bytes))
      }
    },
  }
}
