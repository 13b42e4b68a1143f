import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{apps/*,packages/*,tools/*,loadtest}/src/**/*.test.ts', 'scripts/*.test.ts'],
    globalSetup: ['tools/testing/src/global-setup.ts'],
    // Each file brings its own Redis and its own database, so files run side by side; two at a time suits small machines.
    maxWorkers: 2,
    // Nothing is judged by these. They end what hangs, and are far beyond what a slow, busy machine takes.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
})
