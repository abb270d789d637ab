import type { Loss, ToolCallBlock } from '@tollgate/plugin-kit';
import { isJsonObject } from './wire.js';

/** Parameters of a function that stands for a tool that takes plain text. */
export const freeformParameters = {
  type: 'OBJECT',
  properties: { input: { type: 'STRING' } },
  required: ['input'],
} as const;

/** The arguments of a call as the object that this dialect wants; what is no JSON object goes under `input`. */
export function argumentsObject(call: Pick<ToolCallBlock, 'name' | 'arguments' | 'freeform'>, lose: (loss: Loss) => void): object {
  if (call.freeform === true) return { input: call.arguments };
  if (call.arguments.trim() === '') return {};
  const parsed = parsedOrUndefined(call.arguments);
  if (isJsonObject(parsed)) return parsed;
  lose({
    field: 'tool call arguments',
    how: 'coerced',
    why: `The arguments of ${call.name} are no JSON object: sent as text under "input".`,
  });
  return { input: call.arguments };
}

export function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
