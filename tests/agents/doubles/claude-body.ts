import { z } from 'zod';

const cache_control = z.strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() }).nullish();
const text = z.strictObject({ type: z.literal('text'), text: z.string(), cache_control, citations: z.array(z.unknown()).nullish() });
const mediaSource = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
  z.strictObject({ type: z.literal('url'), url: z.url() }),
  z.strictObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
]);
const image = z.strictObject({ type: z.literal('image'), source: mediaSource, cache_control });
const document = z.strictObject({ type: z.literal('document'), source: mediaSource, title: z.string().nullish(), cache_control });
const id = z.string().regex(/^[a-zA-Z0-9_-]+$/);
const name = z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/);

const block = z.discriminatedUnion('type', [
  text,
  image,
  document,
  z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().min(1) }),
  z.strictObject({ type: z.literal('redacted_thinking'), data: z.string().min(1) }),
  z.strictObject({ type: z.literal('tool_use'), id, name, input: z.record(z.string(), z.unknown()), cache_control }),
  z.strictObject({
    type: z.literal('tool_result'),
    tool_use_id: id,
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, image, document]))]).optional(),
    is_error: z.boolean().optional(),
    cache_control,
  }),
]);

const thinking = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1024), display: z.string().optional() }),
  z.strictObject({ type: z.literal('disabled') }),
]);

const tool = z.strictObject({
  type: z.literal('custom').optional(),
  name,
  description: z.string().optional(),
  input_schema: z.looseObject({
    type: z.literal('object'),
    anyOf: z.never().optional(),
    oneOf: z.never().optional(),
    allOf: z.never().optional(),
  }),
  strict: z.boolean().optional(),
  cache_control,
});

/** The vendor's own search, which it runs itself. */
const webSearch = z.strictObject({
  type: z.literal('web_search_20250305'),
  name: z.literal('web_search'),
  max_uses: z.int().positive().optional(),
  allowed_domains: z.array(z.string()).optional(),
  blocked_domains: z.array(z.string()).optional(),
  user_location: z.looseObject({ type: z.literal('approximate') }).optional(),
  cache_control,
});

const parallel = { disable_parallel_tool_use: z.boolean().optional() };

/** `POST /v1/messages` for Claude Sonnet 4.5: budgets, no adaptive thinking, no effort. */
export const claudeBody = z.strictObject({
  model: z.literal('claude-sonnet-4-5'),
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.union([z.string().min(1), z.array(block).min(1)]) }))
    .min(1),
  max_tokens: z.int().positive().max(64_000),
  system: z.union([z.string().min(1), z.array(text)]).optional(),
  tools: z.array(z.union([tool, webSearch])).optional(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('auto'), ...parallel }),
      z.strictObject({ type: z.literal('any'), ...parallel }),
      z.strictObject({ type: z.literal('tool'), name, ...parallel }),
      z.strictObject({ type: z.literal('none') }),
    ])
    .optional(),
  thinking: thinking.optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
  stop_sequences: z.array(z.string().regex(/\S/)).optional(),
  stream: z.boolean().optional(),
  metadata: z.strictObject({ user_id: z.string().max(256).nullish() }).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  context_management: z.strictObject({ edits: z.array(z.looseObject({ type: z.string() })) }).optional(),
});

export type ClaudeBody = z.output<typeof claudeBody>;
export type ClaudeMessage = ClaudeBody['messages'][number];
