import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someResponse } from '../testing/arbitraries.js';
import { canonicalRequest } from '../testing/canonical.js';
import { checkEventOrder } from '../testing/event-order.js';
import { decodeFrames, encodeFrames, playInterleaved, playResponse } from '../testing/streams.js';
import { testContext } from '../testing/test-context.js';
import { decodeResponse } from './decode-response.js';
import { encodeResponse } from './encode-response.js';

describe('response round trip', () => {
  it('keeps a whole answer', () => {
    fc.assert(
      fc.property(someResponse, (response) => {
        const body: unknown = JSON.parse(
          JSON.stringify(encodeResponse(response, canonicalRequest({ model: response.model }), testContext())),
        );
        expect(decodeResponse(body, testContext())).toEqual(response);
      }),
    );
  });

  it('keeps a streamed answer', () => {
    fc.assert(
      fc.property(someResponse, (response) => {
        const frames = encodeFrames((sink) => playResponse(sink, response), { model: response.model });
        checkEventOrder(frames);
        expect(decodeFrames(frames.map(({ data }) => data)).response()).toEqual(response);
      }),
    );
  });

  it('keeps an answer whose blocks were all open at once, in the order of their opening', () => {
    fc.assert(
      fc.property(someResponse, (response) => {
        const frames = encodeFrames((sink) => playInterleaved(sink, response), { model: response.model });
        checkEventOrder(frames);
        const blocks = response.blocks.filter((block) => block.type !== 'opaque');
        expect(decodeFrames(frames.map(({ data }) => data)).response()).toEqual({ ...response, blocks });
      }),
    );
  });
});
