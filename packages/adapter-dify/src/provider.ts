import { defineProvider, type ProviderAdapter, type ProviderCall, secret, z } from '@tollgate/plugin-kit';
import { difyChat } from './dialect.js';
import { classify } from './failures.js';

const config = z.object({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.dify.ai')
    .meta({ title: 'Address', description: 'Of a server of your own, without /v1.' }),
  apiKey: secret('Key of the app'),
});

type Call = ProviderCall<z.output<typeof config>>;

/** Apps that were built with Dify; a key says which one. */
export const dify: ProviderAdapter<typeof config> = defineProvider({
  id: 'dify',
  title: 'Dify',
  vendor: 'dify',
  config,
  speaks: [
    { dialect: difyChat, url: ({ config: { baseUrl } }: Call) => `${baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1/chat-messages` },
  ],
  headers: ({ config: { apiKey } }) => ({ authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }),
  requestIdHeaders: ['x-request-id'],
  classify,
});
