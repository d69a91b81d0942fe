import { defineConfig } from 'vitest/config'

// A module of CommonJS is to us what it is to Node, which runs the same sources.
const deps = { interopDefault: false }
const never = ['**/node_modules/**', 'dist/**', '.stoa/**']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          deps,
          // Modules have no state, so that files can share them: loading them took longer than testing.
          pool: 'threads',
          isolate: false,
          include: ['**/*.test.ts'],
          exclude: [...never, 'test/kafka/**'],
        },
      },
      {
        test: {
          name: 'kafka',
          deps,
          include: ['test/kafka/**/*.test.ts'],
          exclude: never,
          globalSetup: ['test/kafka/setup.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
