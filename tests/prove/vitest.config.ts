import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const fromSource = { conditions: ['tollgate-source', 'module', 'node', 'development|production'] };
const repository = join(import.meta.dirname, '../..');

/** The long versions of what tests/money tries: minutes each, so they are started by `npm run prove` and by nothing else. */
export default defineConfig({
  resolve: fromSource,
  ssr: { resolve: fromSource },
  test: {
    root: repository,
    include: ['tests/prove/**/*.proof.ts'],
    globalSetup: ['tests/support/database-server.ts', 'tests/support/redis-server.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 0,
    hookTimeout: 120_000,
  },
});
