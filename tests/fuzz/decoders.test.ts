import { emptyUsage, type Frame, UpstreamError, requestCounters, type Usage, usageBuckets } from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialects, type ServedDialect } from '../relay/dialects.js';
import { damagedBodies, damagedFrames } from './damaged-streams.js';
import { fuzzOptions } from './fuzz-options.js';
import { fuzzContext } from './translation.js';

const causes = fc.constantFrom('done' as const, 'cut' as const);

/**
 * What a decoder may do with events that no vendor would send in this order: go on in the order of a sink and end the answer once, or
 * refuse the frame. The checked sink throws where the order is broken.
 */
function outcomeOf(dialect: ServedDialect, frames: readonly Frame[], cause: 'done' | 'cut'): 'ended' | 'refused' {
  const sink = checkedSink();
  const decoder = dialect.upstream.streamDecoder(sink, fuzzContext());
  try {
    for (const { data, event } of frames) decoder.frame(data, event);
    decoder.end(cause);
  } catch (error) {
    if (error instanceof SyntaxError) return 'refused';
    throw error;
  }
  expect(sink.calls.filter(([name]) => name === 'stop' || name === 'fail')).toHaveLength(1);
  return 'ended';
}

/** Buckets that there are not, and counts that are none. */
function wrongCounts(usage: Usage): readonly string[] {
  const { images: _images, media: _media, ...counts } = usage;
  const known: readonly string[] = [...usageBuckets, ...requestCounters];
  return Object.entries(counts).flatMap(([bucket, count]: [string, number]) =>
    known.includes(bucket) && Number.isSafeInteger(count) && count >= 0 ? [] : [`${bucket}: ${count}`],
  );
}

describe.each(dialects)('upstreams of $id', (dialect) => {
  it('may send any frames in any order: the answer ends once, or the frame is refused', () => {
    fc.assert(
      fc.property(damagedFrames(dialect), causes, (frames, cause) => {
        outcomeOf(dialect, frames, cause);
      }),
      fuzzOptions(600),
    );
  });

  it('may send any body: it is an answer, or an upstream error', () => {
    fc.assert(
      fc.property(damagedBodies(dialect), (body) => {
        try {
          const { usage } = dialect.upstream.decodeResponse(body, fuzzContext());
          expect(wrongCounts(usage)).toEqual([]);
        } catch (error) {
          if (!UpstreamError.isInstance(error)) throw error;
        }
      }),
      fuzzOptions(400),
    );
  });

  it('may state usage in any form: only whole counts are read', () => {
    fc.assert(
      fc.property(damagedBodies(dialect), (body) => {
        const into = emptyUsage();
        dialect.usage.read(body, into);
        expect(wrongCounts(into)).toEqual([]);
      }),
      fuzzOptions(400),
    );
  });
});
