import type { ProviderCall } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { azureOpenai } from './azure.js';
import { openaiChat } from './chat/dialect.js';

type Config = ReturnType<(typeof azureOpenai)['config']['parse']>;

const endpoint = 'https://acme.openai.azure.com';

function urlsFor(input: object, model: string): Readonly<Record<string, string>> {
  const config: Config = azureOpenai.config.parse({ baseUrl: endpoint, apiKey: 'k', ...input });
  const call: ProviderCall<Config> = { config, model, stream: false, framing: 'sse', dialect: openaiChat, clientHeaders: {} };
  return Object.fromEntries(azureOpenai.speaks.map(({ dialect, url }) => [dialect.id, url(call)]));
}

describe('Azure OpenAI', () => {
  it('is reached by its one version unless another is asked for', () => {
    expect(urlsFor({}, 'my gpt')).toEqual({
      'openai-chat': `${endpoint}/openai/v1/chat/completions`,
      'openai-completions': `${endpoint}/openai/v1/completions`,
      'openai-embeddings': `${endpoint}/openai/v1/embeddings`,
      'openai-responses': `${endpoint}/openai/v1/responses`,
    });
    expect(urlsFor({ apiVersion: 'preview' }, 'gpt-4o')['openai-responses']).toBe(`${endpoint}/openai/v1/responses?api-version=preview`);
  });

  it('is reached by the paths of its deployments where a version has a date', () => {
    expect(urlsFor({ apiVersion: '2025-04-01-preview' }, 'my gpt')).toEqual({
      'openai-chat': `${endpoint}/openai/deployments/my%20gpt/chat/completions?api-version=2025-04-01-preview`,
      'openai-completions': `${endpoint}/openai/deployments/my%20gpt/completions?api-version=2025-04-01-preview`,
      'openai-embeddings': `${endpoint}/openai/deployments/my%20gpt/embeddings?api-version=2025-04-01-preview`,
      'openai-responses': `${endpoint}/openai/responses?api-version=2025-04-01-preview`,
    });
  });

  it('keeps the resources of Responses beside them', () => {
    const config = azureOpenai.config.parse({ baseUrl: endpoint, apiKey: 'k', apiVersion: '2025-04-01-preview' });
    const call: ProviderCall<Config> = { config, model: '', stream: false, framing: 'sse', dialect: openaiChat, clientHeaders: {} };
    const [spoken] = azureOpenai.speaks.filter(({ dialect }) => dialect.id === 'openai-responses');
    expect(spoken?.resourceUrl?.(call, '/v1/responses/r1')).toBe(`${endpoint}/openai/responses/r1?api-version=2025-04-01-preview`);
    expect(spoken?.resourceUrl?.({ ...call, config: { ...config, apiVersion: undefined } }, '/v1/responses/r1')).toBe(
      `${endpoint}/openai/v1/responses/r1`,
    );
  });

  it.each([`${endpoint}/`, `${endpoint}/openai/v1/`, `${endpoint}/openai/deployments/x/chat/completions?api-version=2024-10-21`])(
    'is found by the address %s, too',
    (baseUrl) => {
      expect(urlsFor({ baseUrl }, 'm')['openai-chat']).toBe(`${endpoint}/openai/v1/chat/completions`);
    },
  );

  it('gets its key in a header of its own', () => {
    const config = azureOpenai.config.parse({ baseUrl: endpoint, apiKey: 'k' });
    expect(azureOpenai.headers({ config, model: 'm', stream: false, framing: 'sse', dialect: openaiChat, clientHeaders: {} })).toEqual({
      'content-type': 'application/json',
      'api-key': 'k',
    });
  });

  it('does not take a version for what it is not', () => {
    for (const apiVersion of ['v1', '2024', '2024-10-21&x=1', '../x'])
      expect(azureOpenai.config.safeParse({ baseUrl: endpoint, apiKey: 'k', apiVersion }).success).toBe(false);
  });
});
