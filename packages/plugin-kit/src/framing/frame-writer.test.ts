import { describe, expect, it } from 'vitest';
import type { Framing } from '../dialect.js';
import { FrameWriter } from './frame-writer.js';

function write(framing: Framing, act: (writer: FrameWriter) => void, hasFrames?: boolean): string {
  let text = '';
  const writer = new FrameWriter(framing, (piece) => (text += piece), hasFrames);
  act(writer);
  writer.end();
  return text;
}

describe('FrameWriter', () => {
  it('writes events with and without a name', () => {
    const text = write('sse', (writer) => {
      writer.frame('{"a":1}', 'ping');
      writer.frame('[DONE]');
    });
    expect(text).toBe('event: ping\ndata: {"a":1}\n\ndata: [DONE]\n\n');
  });

  it('splits data of several lines, so that no text can end its frame', () => {
    expect(write('sse', (writer) => writer.frame('a\nb\r\nc\rd\n\ne'))).toBe('data: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\n\n');
  });

  it('writes an array', () => {
    const text = write('json-array', (writer) => {
      writer.frame('{"a":1}');
      writer.frame('{"b":2}');
    });
    expect(text).toBe('[{"a":1},\r\n{"b":2}]');
  });

  it('writes an empty array where there are no frames', () => {
    expect(write('json-array', () => undefined)).toBe('[]');
  });

  it('goes on in an array that was begun by other means', () => {
    expect(write('json-array', (writer) => writer.frame('{"b":2}'), true)).toBe(',\r\n{"b":2}]');
    expect(write('json-array', () => undefined, true)).toBe(']');
  });

  it('writes JSON lines', () => {
    expect(write('json-lines', (writer) => writer.frame('{"a":1}'))).toBe('{"a":1}\n');
  });
});
