import type { Frame, JsonObject } from '@tollgate/plugin-kit';

/**
 * What a client may rely on in a stream of chunks: one head on all of them, the role first, one finish reason in the last chunk with a choice,
 * calls that count up and are named where they begin, then at most one chunk of usage and `[DONE]`; or an error at any place, and nothing after.
 * @throws Error naming the frame that breaks it.
 */
export function checkChunkOrder(frames: readonly Frame[]): void {
  let state: 'new' | 'open' | 'finished' | 'counted' | 'ended' = 'new';
  let head: string | undefined;
  let callCount = 0;
  for (const [position, { data, event }] of frames.entries()) {
    const broken = (rule: string): Error => new Error(`Frame ${position} in state ${state}: ${rule}. It is ${data}`);
    if (event !== undefined) throw broken('chat has no event names');
    if (state === 'ended') throw broken('nothing follows the end');
    if (data === '[DONE]') {
      if (state !== 'finished' && state !== 'counted') throw broken('a finish reason comes before the end');
      state = 'ended';
      continue;
    }
    const { choices, error, usage: _usage, ...own } = JSON.parse(data) as JsonObject;
    if (error !== undefined) {
      state = 'ended';
      continue;
    }
    head ??= JSON.stringify(own);
    if (JSON.stringify(own) !== head) throw broken(`all chunks begin like the first, ${head}`);
    const [choice] = choices as { index: number; delta: JsonObject; finish_reason: string | null }[];
    if (choice === undefined) {
      if (state !== 'finished') throw broken('usage comes once, after the finish reason');
      state = 'counted';
      continue;
    }
    if (state !== 'new' && state !== 'open') throw broken('no choice follows the finish reason');
    if ((choice.delta['role'] === 'assistant') !== (state === 'new')) throw broken('the role comes with the first chunk');
    state = choice.finish_reason === null ? 'open' : 'finished';
    for (const call of (choice.delta['tool_calls'] ?? []) as JsonObject[]) {
      const isNew = typeof call['id'] === 'string';
      if (isNew ? call['index'] !== callCount : Number(call['index']) >= callCount) throw broken('calls count up from 0');
      if (isNew) callCount += 1;
    }
  }
  if (state !== 'ended') throw new Error(`The stream stops in state ${state}.`);
}
