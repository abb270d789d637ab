import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

interface Group {
  readonly tests: readonly string[];
}

const groups = JSON.parse(readFileSync(new URL('./groups.json', import.meta.url), 'utf8')) as Readonly<Record<string, Group>>;
const fromSource = { conditions: ['tollgate-source', 'module', 'node', 'development|production'] };

/** The tests of one group of files: those beside them, which need neither a database nor a build. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  resolve: fromSource,
  ssr: { resolve: fromSource },
  test: {
    include: [...(groups[process.env['TOLLGATE_MUTATION_GROUP'] ?? '']?.tests ?? [])],
    // They answer whether a published library likes what we write, at a price in seconds.
    exclude: ['**/node_modules/**', '**/dist/**', '**/official-sdk.test.ts', '**/recorded.test.ts', '**/fixtures.test.ts'],
    testTimeout: 30_000,
  },
});
