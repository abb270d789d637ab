import type { CanonicalRequest, CanonicalSink, Frame, JsonObject } from '@tollgate/plugin-kit';
import type { CheckedSink } from '@tollgate/plugin-kit/conformance';
import { openaiResponses } from '../responses/dialect.js';
import { canonicalRequest } from './canonical.js';
import { decodeFrames, encodeFrames, type GivenFrame } from './dialect-streams.js';
import type { TestContext } from './test-context.js';

/** Feeds events to a Responses decoder and gives back the sink that watched it. */
export function decodeResponses(frames: readonly GivenFrame[], end: 'done' | 'cut' = 'done', context?: TestContext): CheckedSink {
  return decodeFrames(openaiResponses, frames, { end, ...(context === undefined ? {} : { context }) });
}

/** Everything that the Responses encoder writes while `play` drives it. */
export function encodeResponses(
  play: (sink: CanonicalSink) => void,
  request: CanonicalRequest = canonicalRequest({ stream: true }),
  context?: TestContext,
): readonly Frame[] {
  return encodeFrames(openaiResponses, play, request, context);
}

/** What frames say, as JSON. */
export function eventsOf(frames: readonly Frame[]): readonly JsonObject[] {
  return frames.map(({ data }) => JSON.parse(data) as JsonObject);
}

/** An event of the answer as a whole. */
export function lifecycle(type: string, response: JsonObject = {}): JsonObject {
  return { type: `response.${type}`, response: { id: 'resp_1', model: 'gpt-4o-mini', ...response } };
}

/** An event of the item at a place. */
export function itemEvent(type: string, place: number, members: JsonObject = {}): JsonObject {
  return { type: `response.${type}`, output_index: place, ...members };
}
