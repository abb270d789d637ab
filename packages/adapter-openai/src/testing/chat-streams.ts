import type { CanonicalRequest, CanonicalSink, Frame, JsonObject } from '@tollgate/plugin-kit';
import { type CheckedSink, checkedSink } from '@tollgate/plugin-kit/conformance';
import { openaiChat } from '../chat/dialect.js';
import { canonicalRequest } from './canonical.js';
import { testContext, type TestContext } from './test-context.js';

/** What a test may say of a frame: its data as text or as JSON, or all of it. */
export type GivenFrame = string | JsonObject;

/** Feeds frames to a chat decoder and gives back the sink that watched it. */
export function decodeChat(
  frames: readonly GivenFrame[],
  end: 'done' | 'cut' = 'done',
  editFrame?: (frame: JsonObject) => void,
): CheckedSink {
  const sink = checkedSink();
  const decoder = openaiChat.upstream.streamDecoder(sink, testContext(), editFrame);
  for (const frame of frames) decoder.frame(typeof frame === 'string' ? frame : JSON.stringify(frame), undefined);
  decoder.end(end);
  return sink;
}

/** Everything that the chat encoder writes while `play` drives it. */
export function encodeChat(
  play: (sink: CanonicalSink) => void,
  request: CanonicalRequest = canonicalRequest({ stream: true }),
  context: TestContext = testContext(),
): readonly Frame[] {
  const client = openaiChat.client;
  if (client === undefined) throw new Error('The dialect has no client half.');
  const frames: Frame[] = [];
  play(client.streamEncoder({ frame: (data, event) => frames.push(event === undefined ? { data } : { data, event }) }, request, context));
  return frames;
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
