import { z } from '@tollgate/plugin-kit';

/** What the demo vendor reads of a request; it ignores the rest. */
export const demoRequest = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.unknown().optional() })).min(1),
  tools: z
    .array(z.object({ function: z.object({ name: z.string(), parameters: z.record(z.string(), z.unknown()).optional() }).optional() }))
    .nullish(),
  tool_choice: z.unknown().optional(),
  effort: z.string().nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
});

export type DemoRequest = z.output<typeof demoRequest>;
