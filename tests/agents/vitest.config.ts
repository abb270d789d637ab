import { defineConfig } from 'vitest/config';

/** Real coding agents through the built gateway: large programs, so they are started by `npm run test:agents` and by nothing else. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.proof.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
