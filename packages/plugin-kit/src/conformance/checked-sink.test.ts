import { describe, expect, it } from 'vitest';
import type { CanonicalSink } from '../sink.js';
import { emptyUsage } from '../usage.js';
import { verdictForStatus } from '../verdict.js';
import { checkedSink } from './checked-sink.js';

const text = { type: 'text' } as const;
const toolCall = { type: 'tool-call', id: 'call_1', name: 'weather' } as const;

describe('checkedSink', () => {
  it('folds interleaved blocks into the whole answer', () => {
    const sink = checkedSink();
    sink.start('id-1', 'model-1');
    sink.openBlock(0, { type: 'thinking' });
    sink.textDelta(0, 'Hm');
    sink.seal(0, { vendor: 'acme', value: 'sealed' });
    sink.openBlock(1, text);
    sink.textDelta(0, 'm.');
    sink.textDelta(1, 'Hello');
    sink.citation(1, { url: 'https://example.org' });
    sink.closeBlock(0);
    sink.closeBlock(1);
    sink.wholeBlock(2, { type: 'opaque', dialect: 'acme', data: 1 });
    sink.openBlock(3, toolCall);
    sink.argumentsDelta(3, '{"city":');
    sink.openBlock(4, { ...toolCall, id: 'call_2' });
    sink.argumentsDelta(3, '"Berne"}');
    sink.closeBlock(3);
    sink.closeBlock(4);
    sink.usage({ inputText: 2, outputText: 3 });
    sink.usage({ outputText: 7 });
    sink.stop('stop-sequence', 'END');
    expect(sink.response()).toEqual({
      id: 'id-1',
      model: 'model-1',
      blocks: [
        { type: 'thinking', text: 'Hmm.', seal: { vendor: 'acme', value: 'sealed' } },
        { type: 'text', text: 'Hello', citations: [{ url: 'https://example.org' }] },
        { type: 'opaque', dialect: 'acme', data: 1 },
        { ...toolCall, arguments: '{"city":"Berne"}' },
        { ...toolCall, id: 'call_2', arguments: '{}' },
      ],
      stop: 'stop-sequence',
      stopSequence: 'END',
      usage: { ...emptyUsage(), inputText: 2, outputText: 7 },
    });
  });

  it('takes a failure at any time, also before the start', () => {
    const sink = checkedSink();
    sink.fail(verdictForStatus(529, 'Busy.'));
    expect(sink.response()).toMatchObject({ stop: 'error', blocks: [] });
  });

  it('has no answer before the end', () => {
    const sink = checkedSink();
    sink.start('id', 'model');
    expect(() => sink.response()).toThrow('has not ended');
  });

  const violations: readonly (readonly [string, string, (sink: CanonicalSink) => void])[] = [
    ['anything before start', 'openBlock: start comes first', (sink) => sink.openBlock(0, text)],
    ['a second start', 'start: start comes once', (sink) => started(sink).start('id', 'model')],
    ['a skipped index', 'expected index 0, got 1', (sink) => started(sink).openBlock(1, text)],
    ['a delta to a block that is not open', 'block 0 is not open', (sink) => started(sink).textDelta(0, 'x')],
    ['a delta to a closed block', 'block 0 is not open', (sink) => closed(sink).textDelta(0, 'x')],
    ['a block closed twice', 'block 0 is not open', (sink) => closed(sink).closeBlock(0)],
    ['arguments of a text block', 'expected tool-call', (sink) => opened(sink).argumentsDelta(0, '{}')],
    ['a text block that arrives whole', 'a text block is opened', (sink) => started(sink).wholeBlock(0, { type: 'text', text: 'x' })],
    ['an open block at the stop', 'open: 0', (sink) => opened(sink).stop('end')],
    ['a second end', 'nothing follows stop', (sink) => stopped(sink).stop('end')],
    ['a failure after the stop', 'nothing follows stop', (sink) => stopped(sink).fail(verdictForStatus(500, 'x'))],
    ['usage after the stop', 'nothing follows stop', (sink) => stopped(sink).usage({ inputText: 1 })],
    ['a negative count', 'outputText is -1', (sink) => started(sink).usage({ outputText: -1 })],
    ['an unknown bucket', 'no bucket "tokens"', (sink) => started(sink).usage(JSON.parse('{"tokens":1}') as object)],
  ];
  it.each(violations)('refuses %s', (_name, message, act) => {
    expect(() => act(checkedSink())).toThrow(message);
  });
});

function started(sink: CanonicalSink): CanonicalSink {
  sink.start('id', 'model');
  return sink;
}

function opened(sink: CanonicalSink): CanonicalSink {
  started(sink).openBlock(0, text);
  return sink;
}

function closed(sink: CanonicalSink): CanonicalSink {
  opened(sink).closeBlock(0);
  return sink;
}

function stopped(sink: CanonicalSink): CanonicalSink {
  started(sink).stop('end');
  return sink;
}
