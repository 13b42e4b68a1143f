import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{apps/*,packages/*,tools/*,bench,loadtest}/src/**/*.test.ts'],
    globalSetup: ['packages/testing/src/global-setup.ts'],
    // Each file brings its own Redis and its own database, so files run side by side; two at a time suits small machines.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
