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
    globalSetup: ['tests/support/database-server.ts', 'tests/support/redis-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
