import { z } from 'zod';
import type { JsonObject } from './exchange.js';

/** The service's own subset of OpenAPI; it refuses every other keyword. */
const schema: z.ZodType<JsonObject> = z.lazy(() =>
  z.strictObject({
    type: z
      .enum([
        'STRING',
        'NUMBER',
        'INTEGER',
        'BOOLEAN',
        'ARRAY',
        'OBJECT',
        'NULL',
        'string',
        'number',
        'integer',
        'boolean',
        'array',
        'object',
        'null',
      ])
      .optional(),
    format: z.string().optional(),
    title: z.string().optional(),
    description: z.string().optional(),
    nullable: z.boolean().optional(),
    enum: z.array(z.string()).optional(),
    items: schema.optional(),
    minItems: z.int().optional(),
    maxItems: z.int().optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    propertyOrdering: z.array(z.string()).optional(),
    minProperties: z.int().optional(),
    maxProperties: z.int().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minLength: z.int().optional(),
    maxLength: z.int().optional(),
    pattern: z.string().optional(),
    anyOf: z.array(schema).optional(),
    default: z.unknown().optional(),
    example: z.unknown().optional(),
  }),
);

const functionName = z.string().regex(/^[a-zA-Z_][\w.:-]{0,63}$/);

const functionDeclaration = z.strictObject({
  name: functionName,
  description: z.string().optional(),
  parameters: schema.optional(),
  parametersJsonSchema: z.looseObject({ type: z.literal('object') }).optional(),
});

const part = z.strictObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  thoughtSignature: z.string().optional(),
  inlineData: z.strictObject({ mimeType: z.string(), data: z.string() }).optional(),
  functionCall: z
    .strictObject({ id: z.string().optional(), name: functionName, args: z.record(z.string(), z.unknown()).optional() })
    .optional(),
  functionResponse: z
    .strictObject({ id: z.string().optional(), name: functionName, response: z.record(z.string(), z.unknown()) })
    .optional(),
});

/** `models/gemini-3-pro-preview:generateContent`. */
export const geminiBody = z.strictObject({
  contents: z.array(z.strictObject({ role: z.enum(['user', 'model']).optional(), parts: z.array(part).min(1) })).min(1),
  systemInstruction: z
    .strictObject({ role: z.string().optional(), parts: z.array(z.strictObject({ text: z.string() })).min(1) })
    .optional(),
  tools: z.array(z.strictObject({ functionDeclarations: z.array(functionDeclaration).min(1) })).optional(),
  toolConfig: z
    .strictObject({
      functionCallingConfig: z.strictObject({
        mode: z.enum(['AUTO', 'ANY', 'NONE']),
        allowedFunctionNames: z.array(z.string()).optional(),
      }),
    })
    .optional(),
  generationConfig: z
    .strictObject({
      temperature: z.number().min(0).max(2).optional(),
      topP: z.number().min(0).max(1).optional(),
      topK: z.int().optional(),
      seed: z.int().optional(),
      maxOutputTokens: z.int().positive().optional(),
      stopSequences: z.array(z.string()).max(5).optional(),
      responseMimeType: z.string().optional(),
      responseSchema: schema.optional(),
      responseJsonSchema: z.unknown().optional(),
      thinkingConfig: z
        .strictObject({
          includeThoughts: z.boolean().optional(),
          thinkingBudget: z.int().optional(),
          thinkingLevel: z.enum(['LOW', 'HIGH', 'low', 'high', 'MEDIUM', 'medium']).optional(),
        })
        .refine(
          (config) => config.thinkingBudget === undefined || config.thinkingLevel === undefined,
          'You can only set one of thinking budget and thinking level.',
        )
        .optional(),
    })
    .optional(),
});

export type GeminiBody = z.output<typeof geminiBody>;
export type GeminiPart = z.output<typeof part>;
