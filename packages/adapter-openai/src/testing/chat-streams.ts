import type { CanonicalRequest, CanonicalSink, Frame, JsonObject } from '@tollgate/plugin-kit';
import type { CheckedSink } from '@tollgate/plugin-kit/conformance';
import { openaiChat } from '../chat/dialect.js';
import { canonicalRequest } from './canonical.js';
import { decodeFrames, encodeFrames, type GivenFrame } from './dialect-streams.js';
import type { TestContext } from './test-context.js';

export type { GivenFrame } from './dialect-streams.js';

/** Feeds frames to a chat decoder and gives back the sink that watched it. */
export function decodeChat(
  frames: readonly GivenFrame[],
  end: 'done' | 'cut' = 'done',
  editFrame?: (frame: JsonObject) => void,
): CheckedSink {
  return decodeFrames(openaiChat, frames, { end, ...(editFrame === undefined ? {} : { editFrame }) });
}

/** Everything that the chat encoder writes while `play` drives it. */
export function encodeChat(
  play: (sink: CanonicalSink) => void,
  request: CanonicalRequest = canonicalRequest({ stream: true }),
  context?: TestContext,
): readonly Frame[] {
  return encodeFrames(openaiChat, play, request, context);
}

/** The chunks before `[DONE]`. */
export function chunksOf(frames: readonly Frame[]): readonly JsonObject[] {
  return frames.filter(({ data }) => data !== '[DONE]').map(({ data }) => JSON.parse(data) as JsonObject);
}

/** A chunk as the vendor writes it, with one delta. */
export function chunk(delta: JsonObject, finishReason: string | null = null, fields: JsonObject = {}): JsonObject {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_764_000_000,
    model: 'gpt-4o-mini',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    ...fields,
  };
}
