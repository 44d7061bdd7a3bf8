import { defineConfig } from 'vitest/config'

/**
 * Real databases, processes and key derivations on a busy two-core machine: how long something may take says when a
 * run is stuck, never that it was slow. A limit costs nothing where it is not reached.
 */
const EVERYWHERE = {
  setupFiles: ['test/setup/network.ts'],
  testTimeout: 180_000,
  hookTimeout: 180_000,
  // Vitest's own is one second.
  expect: { poll: { timeout: 60_000 } },
}

export default defineConfig({
  test: {
    // Two cores, and each worker may start hubs and databases of its own.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...EVERYWHERE,
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'tools/**/*.test.ts', 'sdk/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/package/**'],
          globalSetup: ['test/setup/database.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // What talks SQL, once more on a PostgreSQL that is not ours.
        test: {
          ...EVERYWHERE,
          name: 'postgres',
          include: [
            'src/{store,vault,connect,jobs,identity}/**/*.test.ts',
            'test/{store,vault,connect,jobs,identity,refresh}/**/*.test.ts',
            'test/setup/testDatabase.test.ts',
          ],
          globalSetup: ['test/setup/externalDatabase.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        // The published package in an empty folder; npm needs its registry, so outbound traffic is allowed.
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // In Chromium, each file against a hub and a browser of its own: two at a time, as everywhere.
        test: {
          ...EVERYWHERE,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/setup/database.ts'],
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
