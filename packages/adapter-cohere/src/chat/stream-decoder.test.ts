import { checkedSink } from '@tollgate/plugin-kit/conformance';
import type { CanonicalResponse } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { cohereChat } from './dialect.js';

function decoded(frames: readonly object[]): CanonicalResponse {
  const sink = checkedSink();
  const context = { lose: () => undefined, newId: (prefix: string) => `${prefix}1`, now: () => 0, model: { id: 'm' } };
  const decoder = cohereChat.upstream.streamDecoder(sink, context);
  for (const frame of frames) decoder.frame(JSON.stringify(frame), undefined);
  decoder.end('done');
  return sink.response();
}

const call = (type: string, index: number, fields: object) => ({ type, index, delta: { message: { tool_calls: fields } } });
const start = (index: number, name: string) => call('tool-call-start', index, { id: name, function: { name, arguments: '' } });
const args = (index: number, text: string) => call('tool-call-delta', index, { function: { arguments: text } });
const end = {
  type: 'message-end',
  delta: { finish_reason: 'TOOL_CALL', usage: { tokens: { input_tokens: 7 }, billed_units: { output_tokens: 2 } } },
};

describe('a streamed answer of Cohere', () => {
  it('has the arguments of each call, whatever order they come in', () => {
    const frames = [start(0, 'one'), start(1, 'two'), args(0, '{"a":1}'), args(1, '{"b":2}'), args(7, 'lost'), end];
    expect(decoded(frames).blocks).toMatchObject([
      { name: 'one', arguments: '{"a":1}' },
      { name: 'two', arguments: '{"b":2}' },
    ]);
  });

  it('has each figure as it is billed, else as it is counted', () => {
    expect(decoded([start(0, 'one'), end]).usage).toMatchObject({ inputText: 7, outputText: 2 });
  });
});
