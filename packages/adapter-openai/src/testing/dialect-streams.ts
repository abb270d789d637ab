import type { CanonicalRequest, CanonicalSink, Dialect, Frame, JsonObject } from '@tollgate/plugin-kit';
import { type CheckedSink, checkedSink } from '@tollgate/plugin-kit/conformance';
import { testContext, type TestContext } from './test-context.js';

/** What a test may say of a frame: its data as text or as JSON, or all of it. */
export type GivenFrame = string | JsonObject;

interface Decoding {
  readonly end?: 'done' | 'cut';
  readonly editFrame?: (frame: JsonObject) => void;
  readonly context?: TestContext;
}

/** Feeds frames to a dialect's decoder and gives back the sink that watched it. */
export function decodeFrames(
  { upstream }: Dialect,
  frames: readonly GivenFrame[],
  { end = 'done', editFrame, context = testContext() }: Decoding = {},
): CheckedSink {
  const sink = checkedSink();
  const decoder = upstream.streamDecoder(sink, context, editFrame);
  for (const frame of frames) decoder.frame(typeof frame === 'string' ? frame : JSON.stringify(frame), undefined);
  decoder.end(end);
  return sink;
}

/** Everything that a dialect's encoder writes while `play` drives it. */
export function encodeFrames(
  { client }: Dialect,
  play: (sink: CanonicalSink) => void,
  request: CanonicalRequest,
  context: TestContext = testContext(),
): readonly Frame[] {
  if (client === undefined) throw new Error('The dialect has no client half.');
  const frames: Frame[] = [];
  play(client.streamEncoder({ frame: (data, event) => frames.push(event === undefined ? { data } : { data, event }) }, request, context));
  return frames;
}
