import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where the API is while Vite serves the pages; the built pages are served by the API itself. */
const apiUrl = process.env.VITE_API_URL ?? 'http://127.0.0.1:3000'
const apiPaths = ['/v1', '/health', '/docs', '/ops/queue']

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    rolldownOptions: {
      treeshake: {
        // The contract's schemas are for the API. The pages use its types, its client and its codes, so schemas stay out of them.
        manualPureFunctions: ['Type', 'closedObject', 'printedText', 'wholeNumbersUpTo'],
      },
    },
  },
  server: { proxy: Object.fromEntries(apiPaths.map((path) => [path, { target: apiUrl, changeOrigin: false }])) },
})
