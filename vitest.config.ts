import { defineConfig } from 'vitest/config';

const fromSource = { conditions: ['tollgate-source', 'module', 'node', 'development|production'] };

/** Units beside their source, and what only the whole can show under `tests/`. Long proofs have their own configurations. */
/** These speak every dialect; they join the run together with the Responses dialect. */
const waitingForResponses = ['credentials', 'errors', 'streaming', 'pass-lane', 'cut-off', 'stream-cuts', 'sdk-matrix'].map(
  (name) => `tests/relay/${name}.test.ts`,
);

export default defineConfig({
  resolve: fromSource,
  ssr: { resolve: fromSource },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...waitingForResponses, 'tests/operation/shutdown.test.ts'],
    pool: 'forks',
    globalSetup: ['tests/support/database-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
