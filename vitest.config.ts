import { defineConfig } from 'vitest/config';

const fromSource = { conditions: ['tollgate-source', 'module', 'node', 'development|production'] };

/** Units beside their source, and what only the whole can show under `tests/`. Long proofs have their own configurations. */
export default defineConfig({
  resolve: fromSource,
  ssr: { resolve: fromSource },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    // Many tests wait, for processes, time limits and servers: on two cores the usual single worker leaves half of the machine idle.
    maxWorkers: 2,
    globalSetup: ['tests/support/database-server.ts', 'tests/support/redis-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
