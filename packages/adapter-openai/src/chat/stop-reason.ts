import type { StopReason } from '@tollgate/plugin-kit';
import type { ChatCompletion } from 'openai/resources/chat/completions';

type FinishReason = ChatCompletion.Choice['finish_reason'];

const stopByFinish: ReadonlyMap<string, StopReason> = new Map([
  ['stop', 'end'],
  ['length', 'length'],
  ['tool_calls', 'tool'],
  ['function_call', 'tool'],
  ['content_filter', 'filter'],
  ['error', 'error'],
  ['insufficient_system_resource', 'error'],
]);

/** Some servers say `stop` although they ask for a tool, and a refusal is a `stop` with words; what the answer holds decides. */
export function readFinishReason(finish: string, holds: { readonly toolCall: boolean; readonly refusal: boolean }): StopReason {
  const stop = stopByFinish.get(finish) ?? 'end';
  if (stop !== 'end') return stop;
  if (holds.toolCall) return 'tool';
  return holds.refusal ? 'refusal' : 'end';
}

/** `error` becomes `length`: the one reason that tells a client that the answer is not whole. */
export const finishByStop: Readonly<Record<StopReason, FinishReason>> = {
  end: 'stop',
  'stop-sequence': 'stop',
  pause: 'stop',
  length: 'length',
  error: 'length',
  tool: 'tool_calls',
  filter: 'content_filter',
  refusal: 'content_filter',
};
