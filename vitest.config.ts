import { defineConfig } from 'vitest/config'

const never = ['**/node_modules/**', 'dist/**', '.stoa/**']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...never, 'test/kafka/**', 'test/chaos/**'],
        },
      },
      {
        test: {
          name: 'kafka',
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
