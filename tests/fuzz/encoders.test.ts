import { checkedSink } from '@tollgate/plugin-kit/conformance';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialects } from '../relay/dialects.js';
import { eventRules } from './event-rules.js';
import { fuzzOptions } from './fuzz-options.js';
import { playRandomly, someCourse } from './play-randomly.js';
import { anyAnswers } from './some-answers.js';
import { frameCollector, fuzzContext, streamedRequest } from './translation.js';

describe.each(dialects)('clients of $id', (dialect) => {
  const check = eventRules[dialect.id] ?? expect.unreachable(`Nobody wrote down the order of ${dialect.id}.`);

  it('get events in the order of their vendor, whatever the upstream does', () => {
    fc.assert(
      fc.property(anyAnswers('elsewhere'), someCourse, (response, course) => {
        const out = frameCollector();
        const ended = playRandomly(dialect.client.streamEncoder(out, streamedRequest, fuzzContext()), response, course);
        check(out.frames);
        const sink = checkedSink();
        const listener = dialect.upstream.streamDecoder(sink, fuzzContext());
        for (const { data, event } of out.frames) listener.frame(data, event);
        listener.end('done');
        expect(sink.response().stop === 'error').toBe(!ended);
      }),
      fuzzOptions(500),
    );
  });

  it('get events in that order when nothing was said before it failed', () => {
    const out = frameCollector();
    dialect.client.streamEncoder(out, streamedRequest, fuzzContext()).fail({
      kind: 'server',
      status: 500,
      code: 'broke',
      message: 'It broke.',
      scope: 'channel',
      retry: 'other',
    });
    check(out.frames);
  });
});
