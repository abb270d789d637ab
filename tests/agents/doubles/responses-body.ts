import { z } from 'zod';

const toolName = z.string().regex(/^[\w-]{1,64}$/);
const callId = z.string().min(1).max(64);
const status = z.enum(['in_progress', 'completed', 'incomplete']).nullish();
const inputPart = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('input_text'), text: z.string() }),
  z.strictObject({ type: z.literal('input_image'), image_url: z.string(), detail: z.string().optional() }),
  z.strictObject({
    type: z.literal('output_text'),
    text: z.string(),
    annotations: z.array(z.unknown()).optional(),
    logprobs: z.array(z.unknown()).optional(),
  }),
]);
const output = z.union([z.string(), z.array(inputPart)]);
const prefixed = (prefix: string): z.ZodOptional<z.ZodNullable<z.ZodString>> => z.string().startsWith(prefix).max(64).nullable().optional();

const message = z
  .strictObject({
    type: z.literal('message').optional(),
    id: prefixed('msg_'),
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content: z.union([z.string(), z.array(inputPart).min(1)]),
    status,
    phase: z.enum(['commentary', 'final_answer']).nullish(),
  })
  .refine(
    ({ role, content }) => typeof content === 'string' || content.every(({ type }) => (type === 'output_text') === (role === 'assistant')),
    'Invalid value: assistants say output_text, all others input_text and input_image.',
  );

const item = z.union([
  message,
  z.strictObject({
    type: z.literal('reasoning'),
    id: prefixed('rs_'),
    summary: z.array(z.strictObject({ type: z.literal('summary_text'), text: z.string() })),
    content: z.array(z.strictObject({ type: z.literal('reasoning_text'), text: z.string() })).nullish(),
    encrypted_content: z.string().nullish(),
    status,
  }),
  z.strictObject({ type: z.literal('function_call'), id: prefixed('fc_'), call_id: callId, name: toolName, arguments: z.string(), status }),
  z.strictObject({ type: z.literal('function_call_output'), id: prefixed('fc'), call_id: callId, output, status }),
  z.strictObject({ type: z.literal('custom_tool_call'), id: prefixed('ctc_'), call_id: callId, name: toolName, input: z.string(), status }),
  z.strictObject({ type: z.literal('custom_tool_call_output'), id: prefixed('ctc'), call_id: callId, output }),
]);

const strictSchema = z.looseObject({ type: z.literal('object') });

const tool = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('function'),
    name: toolName,
    description: z.string().nullish(),
    parameters: strictSchema.nullable(),
    strict: z.boolean().nullable(),
  }),
  z.strictObject({
    type: z.literal('custom'),
    name: toolName,
    description: z.string().optional(),
    format: z.looseObject({ type: z.enum(['text', 'grammar']) }).optional(),
  }),
  z.strictObject({
    type: z.literal('tool_search'),
    execution: z.enum(['client', 'server']),
    description: z.string(),
    parameters: z.unknown(),
  }),
  z.strictObject({
    type: z.literal('web_search'),
    external_web_access: z.boolean().optional(),
    search_content_types: z.array(z.string()).optional(),
  }),
]);

/** `POST /v1/responses` for a reasoning model. */
export const responsesBody = z.strictObject({
  model: z.literal('gpt-5.5'),
  input: z.union([z.string(), z.array(item).min(1)]),
  instructions: z.string().nullish(),
  tools: z.array(tool).optional(),
  tool_choice: z.union([z.enum(['auto', 'none', 'required']), z.looseObject({ type: z.string() })]).optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: z
    .strictObject({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
      summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
    })
    .nullish(),
  text: z
    .strictObject({ verbosity: z.enum(['low', 'medium', 'high']).optional(), format: z.looseObject({ type: z.string() }).optional() })
    .optional(),
  include: z.array(z.enum(['reasoning.encrypted_content'])).nullish(),
  max_output_tokens: z.int().min(16).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  prompt_cache_key: z.string().optional(),
  service_tier: z.string().optional(),
  safety_identifier: z.string().max(64).optional(),
  user: z.string().optional(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  client_metadata: z.record(z.string(), z.string()).optional(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
});

export type ResponsesBody = z.output<typeof responsesBody>;
export type ResponsesItem = Exclude<ResponsesBody['input'], string>[number];
