import type { CanonicalResponse, CanonicalSink, JsonObject } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isConsistent, requestFor } from '../testing/declared-tools.js';
import { checkEventOrder } from '../testing/event-order.js';
import { playInterleaved, playResponse } from '../testing/play-response.js';
import { someResponsesAnswer } from '../testing/responses-arbitraries.js';
import { decodeResponses, encodeResponses, eventsOf } from '../testing/responses-streams.js';
import { testContext } from '../testing/test-context.js';
import { decodeResponse } from './decode-response.js';
import { encodeResponse } from './encode-response.js';

const someAnswer = someResponsesAnswer.filter(isConsistent);

function framesOf(response: CanonicalResponse, play: (sink: CanonicalSink) => void) {
  const frames = encodeResponses(play, requestFor(response));
  checkEventOrder(frames);
  return frames;
}

/** Ids count differently where announcements come in another order. */
function withoutIds(output: readonly object[]): readonly unknown[] {
  return output.map((item) => ({ ...item, id: undefined }));
}

/** Uses of tools are read off the items, which any answer may have. */
function withoutToolUses(response: CanonicalResponse): CanonicalResponse {
  const {
    webSearches: _searches,
    fileSearches: _fileSearches,
    codeInterpreterSessions: _sessions,
    images: _images,
    ...usage
  } = response.usage;
  return { ...response, usage };
}

describe('response round trip', () => {
  it('keeps a whole answer', () => {
    fc.assert(
      fc.property(someAnswer, (response) => {
        const context = testContext();
        const body: unknown = JSON.parse(JSON.stringify(encodeResponse(response, requestFor(response), context)));
        expect(withoutToolUses(decodeResponse(body, testContext()))).toEqual(response);
        expect(context.losses).toEqual([]);
      }),
    );
  });

  it('keeps a streamed answer', () => {
    fc.assert(
      fc.property(someAnswer, (response) => {
        const frames = framesOf(response, (sink) => playResponse(sink, response));
        expect(withoutToolUses(decodeResponses(frames.map(({ data }) => data)).response())).toEqual(response);
      }),
    );
  });

  it('keeps an answer of which nothing but the last event comes', () => {
    fc.assert(
      fc.property(someAnswer, (response) => {
        const last = framesOf(response, (sink) => playResponse(sink, response)).slice(-1);
        expect(withoutToolUses(decodeResponses(last.map(({ data }) => data)).response())).toEqual(response);
      }),
    );
  });

  it('keeps an answer whose blocks were all open at once', () => {
    fc.assert(
      fc.property(someAnswer, fc.infiniteStream(fc.nat({ max: 1_000 })), (response, choices) => {
        const blocks = response.blocks.filter(({ type }) => type !== 'media' && type !== 'opaque');
        const interleaved = { ...response, blocks };
        const frames = framesOf(response, (sink) => playInterleaved(sink, interleaved, choices));
        const result = decodeResponses(frames.map(({ data }) => data)).response();
        // Blocks count in the order in which they begin to speak.
        expect(new Set(result.blocks)).toEqual(new Set(blocks));
        expect({ ...result, blocks }).toEqual(interleaved);
      }),
    );
  });

  it('streams to a client what it would have got whole', () => {
    fc.assert(
      fc.property(someAnswer, (response) => {
        const last = eventsOf(framesOf(response, (sink) => playResponse(sink, response))).at(-1) ?? {};
        const { output, ...streamed } = last['response'] as JsonObject & { output: object[] };
        const { output: wholeOutput, ...whole } = encodeResponse(response, requestFor(response), testContext());
        expect(withoutIds(output)).toEqual(withoutIds(wholeOutput));
        expect(streamed).toEqual(whole);
      }),
    );
  });
});
