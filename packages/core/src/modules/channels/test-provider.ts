import { type Dialect, defineProvider, type ProviderAdapter, secret } from '@tollgate/plugin-kit';
import { z } from 'zod';

/** A provider for tests that store and load channels but call none: its dialect has an id and nothing else. */
export const testProvider: ProviderAdapter = defineProvider({
  id: 'test',
  title: 'Test',
  vendor: 'test',
  config: z.object({ baseUrl: z.url(), apiKey: secret('API key'), timeoutMs: z.int().default(1_000) }),
  speaks: [{ dialect: { id: 'test-words' } as Dialect, url: () => '' }],
  headers: () => ({}),
});
