import { openaiChat } from '@tollgate/adapter-openai';
import type { UpstreamFailure, Verdict } from '@tollgate/plugin-kit';
import { defineProvider, extendDialect, objectIn, objectsIn, secret, tokenCount, z } from '@tollgate/plugin-kit';

/** What an operator fills in for a channel. */
const config = z.object({
  apiKey: secret('API key').default('demo-key').meta({ description: 'Any key that starts with "demo-" is right.' }),
  pauseMs: z.int().min(0).max(5_000).default(0).meta({ title: 'Pause between words (ms)', description: 'Streams in slow motion.' }),
});

/** The vendor's language: chat completions with three quirks and a gap, edited in place. */
export const demoChat = extendDialect(openaiChat, {
  id: 'demo-chat',
  vendor: 'demo',
  edits: {
    request(body, context) {
      // Quirk 1: the degree of thinking has another name.
      if ('reasoning_effort' in body) body['effort'] = body['reasoning_effort'];
      delete body['reasoning_effort'];
      // What cannot be carried is said aloud; the operator decides whether such calls may go on.
      if ('logit_bias' in body) context.lose({ field: 'logit_bias', how: 'dropped', why: 'The demo vendor has no logit bias.' });
      delete body['logit_bias'];
    },
    frame(frame) {
      // Quirk 2: thinking comes under a name of its own.
      for (const said of objectsIn(frame['choices']).flatMap(({ delta, message }) => objectsIn([delta, message]))) {
        if ('thought' in said) said['reasoning_content'] = said['thought'];
        delete said['thought'];
      }
      // Quirk 3: it is counted beside `completion_tokens`, and a gateway that took no notice would not bill it.
      const { thought_tokens: thought, ...usage } = objectIn(frame['usage']) ?? {};
      if (thought === undefined) return;
      const completion = tokenCount(usage['completion_tokens']) + tokenCount(thought);
      const total = tokenCount(usage['prompt_tokens']) + completion;
      const details = { reasoning_tokens: tokenCount(thought) };
      frame['usage'] = { ...usage, completion_tokens: completion, total_tokens: total, completion_tokens_details: details };
    },
  },
});

/** The vendor refuses everything with status 400; by that alone a wrong key would look like a fault of the caller. */
const verdicts: Readonly<Record<string, Partial<Verdict>>> = {
  wrong_key: { kind: 'authentication', status: 401, code: 'demo_wrong_key', scope: 'key', retry: 'other' },
  unknown_model: { kind: 'not-found', status: 404, code: 'model_not_found', scope: 'model', retry: 'other' },
};

function classify(failure: UpstreamFailure): Partial<Verdict> {
  const { reason, text } = objectIn(objectIn(failure.json())?.['problem']) ?? {};
  return { ...verdicts[String(reason)], ...(typeof text === 'string' ? { message: text } : {}) };
}

/** The place. `baseUrl` is an argument only because the demo's vendor gets a new port at each start; yours is a field of the configuration. */
export const demoProvider = (baseUrl: string) =>
  defineProvider({
    id: 'demo',
    title: 'Demo (needs no key)',
    vendor: 'demo',
    config,
    speaks: [{ dialect: demoChat, url: () => `${baseUrl}/chat` }],
    headers: ({ config: { apiKey, pauseMs } }) => ({
      'content-type': 'application/json',
      'x-demo-key': apiKey,
      'x-demo-pause-ms': `${pauseMs}`,
    }),
    classify,
    models: {
      request: ({ apiKey }) => ({ method: 'GET', url: `${baseUrl}/models`, headers: { 'x-demo-key': apiKey } }),
      read: (body) =>
        objectsIn(objectIn(body)?.['items']).map((item) => ({ id: String(item['name']), contextTokensMax: tokenCount(item['context']) })),
    },
  });
