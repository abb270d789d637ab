import { openaiChat } from '@tollgate/adapter-openai';
import type { UpstreamFailure, Verdict } from '@tollgate/plugin-kit';
import { defineProvider, extendDialect, objectIn, objectsIn, secret, z } from '@tollgate/plugin-kit';

/** What an operator fills in for a channel. */
const config = z.object({
  baseUrl: z.url().default('https://api.sample-vendor.example/v1').meta({ title: 'Base URL' }),
  apiKey: secret('API key'),
});

/** The vendor's language: chat completions, with what differs edited in place. */
export const sampleVendorChat = extendDialect(openaiChat, {
  id: 'sample-vendor-chat',
  vendor: 'sample-vendor',
  edits: {
    request(body, context) {
      // What cannot be carried is said aloud; the operator decides whether such calls may go on.
      if ('logit_bias' in body) context.lose({ field: 'logit_bias', how: 'dropped', why: 'Sample Vendor has no logit bias.' });
      delete body['logit_bias'];
    },
  },
});

/** The place: where it is, what it wants to see, how its refusals read. */
export const sampleVendor = defineProvider({
  id: 'sample-vendor',
  title: 'Sample Vendor',
  vendor: 'sample-vendor',
  config,
  speaks: [{ dialect: sampleVendorChat, url: (call) => `${call.config.baseUrl}/chat/completions` }],
  headers: (call) => ({ 'content-type': 'application/json', authorization: `Bearer ${call.config.apiKey}` }),
  classify,
  models: {
    request: ({ baseUrl, apiKey }) => ({ method: 'GET', url: `${baseUrl}/models`, headers: { authorization: `Bearer ${apiKey}` } }),
    read: (body) => objectsIn(objectIn(body)?.['data']).map(({ id }) => ({ id: String(id) })),
  },
});

/** What is left out follows from the status: 401 blames the key, 429 its rate, 400 the request, 503 the model. */
function classify(failure: UpstreamFailure): Partial<Verdict> {
  const { code, message } = objectIn(objectIn(failure.json())?.['error']) ?? {};
  const known: Partial<Verdict> = code === 'out_of_credit' ? { kind: 'insufficient-quota', scope: 'key', retry: 'other' } : {};
  return { ...known, ...(typeof message === 'string' && message !== '' ? { message } : {}) };
}
