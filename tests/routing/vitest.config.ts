import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const fromSource = { conditions: ['tollgate-source', 'module', 'node', 'development|production'] };

/** What takes long or measures time: started by `npm run bench:routing` and by nothing else. */
export default defineConfig({
  resolve: fromSource,
  ssr: { resolve: fromSource },
  test: { root: join(import.meta.dirname, '../..'), include: ['tests/routing/*.bench.ts'], pool: 'forks', testTimeout: 0 },
});
