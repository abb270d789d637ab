import { openaiChat } from '@tollgate/adapter-openai';
import {
  type Dialect,
  defineProvider,
  extendDialect,
  type JsonObject,
  type ProviderAdapter,
  secret,
  type UpstreamFailure,
  type UpstreamModel,
  type Verdict,
  z,
} from '@tollgate/plugin-kit';

/**
 * What an operator fills in for a channel. Validation, the form of the console and storage follow from this one declaration; `secret()` keeps
 * the key encrypted and out of answers.
 */
const config = z.object({
  apiKey: secret('API key')
    .default('demo-key')
    .meta({ description: 'Any key that starts with "demo-" is right. Try another to see a refusal.' }),
  pauseMs: z.int().min(0).max(5_000).default(0).meta({ title: 'Pause between words (ms)', description: 'Streams in slow motion.' }),
});

/**
 * The vendor's language: chat completions with three quirks. Such differences are edited in place; nobody has to write a codec for them. An
 * edit sees the body last before it is sent and the frames first when they come, whatever language the client speaks.
 */
export const demoChat: Dialect = extendDialect(openaiChat, {
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
      const { choices, usage } = frame as DemoFrame;
      for (const choice of choices ?? []) {
        renameThought(choice.delta);
        renameThought(choice.message);
      }
      if (typeof usage === 'object' && usage !== null) includeThought(usage);
    },
  },
});

/** The fields of a chunk or a whole answer that differ from plain chat. */
interface DemoFrame {
  readonly choices?: readonly { readonly delta?: JsonObject; readonly message?: JsonObject }[];
  readonly usage?: JsonObject | null;
}

/** Quirk 2: thinking comes under a name of its own. */
function renameThought(said: JsonObject | undefined): void {
  if (said === undefined || !('thought' in said)) return;
  said['reasoning_content'] = said['thought'];
  delete said['thought'];
}

/**
 * Quirk 3: thinking is counted beside `completion_tokens`, and no total is stated; plain chat counts it inside, and a gateway that took no
 * notice would not bill it.
 */
function includeThought(usage: JsonObject): void {
  const thoughtTokens = Number(usage['thought_tokens'] ?? 0);
  const completionTokens = Number(usage['completion_tokens'] ?? 0) + thoughtTokens;
  usage['completion_tokens'] = completionTokens;
  usage['total_tokens'] = Number(usage['prompt_tokens'] ?? 0) + completionTokens;
  usage['completion_tokens_details'] = { reasoning_tokens: thoughtTokens };
  delete usage['thought_tokens'];
}

/**
 * The place: where it is, what it wants to see, how its refusals read. All of it is description; the gateway sends, retries and times.
 * `baseUrl` is an argument only because the demo's vendor gets a new port at each start; yours will be a field of the configuration.
 */
export function demoProvider(baseUrl: string): ProviderAdapter<typeof config> {
  return defineProvider({
    id: 'demo',
    title: 'Demo (needs no key)',
    vendor: 'demo',
    config,
    speaks: [{ dialect: demoChat, url: () => `${baseUrl}/chat` }],
    headers: ({ config: { apiKey, pauseMs } }) => ({
      'content-type': 'application/json',
      'x-demo-key': apiKey,
      ...(pauseMs > 0 ? { 'x-demo-pause-ms': String(pauseMs) } : {}),
    }),
    classify,
    models: {
      request: ({ apiKey }) => ({ method: 'GET', url: `${baseUrl}/models`, headers: { 'x-demo-key': apiKey } }),
      read: readModels,
    },
  });
}

/**
 * The vendor refuses everything with status 400 and gives the reason in the body. Without this table a wrong key would look like a fault of
 * the caller: nobody would be told, and no other channel would be tried.
 */
const verdicts: ReadonlyMap<unknown, Partial<Verdict>> = new Map<unknown, Partial<Verdict>>([
  ['wrong_key', { kind: 'authentication', status: 401, code: 'demo_wrong_key', scope: 'key', retry: 'other' }],
  ['unknown_model', { kind: 'not-found', status: 404, code: 'model_not_found', scope: 'model', retry: 'other' }],
]);

function classify(failure: UpstreamFailure): Partial<Verdict> {
  const problem = (failure.json() as { problem?: { reason?: unknown; text?: unknown } } | undefined)?.problem;
  if (problem === undefined) return {};
  return { ...verdicts.get(problem.reason), ...(typeof problem.text === 'string' ? { message: problem.text } : {}) };
}

function readModels(body: unknown): readonly UpstreamModel[] {
  const { items } = body as { items: readonly { readonly name: string; readonly context: number }[] };
  return items.map((item) => ({ id: item.name, contextTokensMax: item.context }));
}
