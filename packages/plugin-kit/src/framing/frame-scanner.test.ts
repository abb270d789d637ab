import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame, Framing } from '../dialect.js';
import { FrameScanner } from './frame-scanner.js';
import { FrameWriter } from './frame-writer.js';

describe('FrameScanner', () => {
  const streams: readonly (readonly [string, string, readonly Frame[]])[] = [
    ['line ends of LF', 'data: 1\n\ndata: 2\n\n', [{ data: '1' }, { data: '2' }]],
    ['line ends of CR LF', 'data: 1\r\n\r\ndata: 2\r\n\r\n', [{ data: '1' }, { data: '2' }]],
    ['line ends of CR', 'data: 1\r\rdata: 2\r\r', [{ data: '1' }, { data: '2' }]],
    ['mixed line ends', 'data: 1\r\n\ndata: 2\n\r\ndata: 3\r\r\n', [{ data: '1' }, { data: '2' }, { data: '3' }]],
    ['data of several lines', 'data: a\ndata:b\ndata\n\n', [{ data: 'a\nb\n' }]],
    ['only the first space after the colon', 'data:  a\n\n', [{ data: ' a' }]],
    ['event names', 'event: ping\ndata: 1\n\ndata: 2\n\n', [{ data: '1', event: 'ping' }, { data: '2' }]],
    ['an empty event name as none', 'event:\ndata: 1\n\n', [{ data: '1' }]],
    ['empty data', 'data:\n\n', [{ data: '' }]],
    ['no frame for an event without data', 'event: ping\n\ndata: 1\n\n', [{ data: '1' }]],
    ['past comments, ids and retry times', ': hello\n\nid: 7\nretry: 10\ndata: 1\n\n', [{ data: '1' }]],
    ['past a byte order mark', '\uFEFFdata: 1\n\n', [{ data: '1' }]],
    ['past fields whose names only start like known ones', 'database: 1\nevents: x\ndata: 2\n\n', [{ data: '2' }]],
    ['data of several lines with line ends of CR LF', 'data: a\r\ndata: b\r\n\r\n', [{ data: 'a\nb' }]],
    ['an event that is named and then is not', 'event: ping\nevent\ndata: 1\n\n', [{ data: '1' }]],
    ['a bare JSON document past comments', 'data: 1\n\n{\n: wait\n"a":1}\n', [{ data: '1' }, { data: '{\n"a":1}\n' }]],
    ['a bare JSON document past words', 'Bad gateway\n[1]\n', [{ data: '[1]\n' }]],
    ['no frame that is cut off', 'data: 1\n\ndata: {"a":', [{ data: '1' }]],
    ['a last frame whose blank line is missing', 'data: 1\n\ndata: {"a":1}\r\n', [{ data: '1' }, { data: '{"a":1}' }]],
    ['a last frame without any line end', 'data: {"a":1}', [{ data: '{"a":1}' }]],
    ['no words between the frames', 'Bad gateway\n\ndata: 1\n\n', [{ data: '1' }]],
    ['no broken JSON between the frames', 'data: 1\n\n{\n  "error": {\n', [{ data: '1' }]],
  ];
  it.each(streams)('reads %s', (_name, text, expected) => {
    expect(scan('sse', [Buffer.from(text)])).toEqual(expected);
    expect(scan('sse', everyByte(text))).toEqual(expected);
  });

  it('hands out a bare JSON error at the end', () => {
    const error = '{\r\n  "error": {\r\n    "code": 499,\r\n    "message": "data: none"\r\n  }\r\n}\r\n';
    const frames = scan('sse', everyByte(`data: 1\r\n\r\n${error}`));
    expect(frames[0]).toEqual({ data: '1' });
    expect(JSON.parse(frames[1]?.data ?? '')).toEqual({ error: { code: 499, message: 'data: none' } });
    expect(frames).toHaveLength(2);
  });

  it('gives up a bare JSON document that is longer than any error', () => {
    expect(scan('sse', [Buffer.from(`{\n"a": "${'x'.repeat(70_000)}"\n}\n`)])).toEqual([]);
    expect(scan('sse', [Buffer.from(`{\n"a": "${'x'.repeat(60_000)}"\n}\n`)])).toHaveLength(1);
  });

  it('hands a frame out as soon as its blank line is there', () => {
    const frames: string[] = [];
    const scanner = new FrameScanner('sse', (data) => frames.push(data));
    scanner.push(Buffer.from('data: 1\r\n\r'));
    expect(frames).toEqual(['1']);
    scanner.push(Buffer.from('\ndata: 2\n\n'));
    expect(frames).toEqual(['1', '2']);
  });

  it('reads the objects of an array, each as soon as it is closed', () => {
    const frames: string[] = [];
    const scanner = new FrameScanner('json-array', (data) => frames.push(data));
    scanner.push(Buffer.from('[{\n "a": "]}\\"{[" }'));
    expect(frames).toEqual(['{\n "a": "]}\\"{[" }']);
    scanner.push(Buffer.from('\n,\r\n{"b":[{}]},[1]]'));
    expect(frames.slice(1)).toEqual(['{"b":[{}]}', '[1]']);
  });

  it('reads an object that stands where an array was promised', () => {
    expect(scan('json-array', everyByte('{"error":{"code":400}}'))).toEqual([{ data: '{"error":{"code":400}}' }]);
    expect(scan('json-array', everyByte('[{"a":1}]\n{"error":{}}'))).toEqual([{ data: '{"a":1}' }, { data: '{"error":{}}' }]);
  });

  it('reads JSON lines, also when the last line end is missing', () => {
    expect(scan('json-lines', everyByte('{"a":1}\r\n\n{"b":2}'))).toEqual([{ data: '{"a":1}' }, { data: '{"b":2}' }]);
    expect(scan('json-lines', everyByte('{"a":1}\n{"b"'))).toEqual([{ data: '{"a":1}' }]);
  });

  it('gives back every list of events, however the bytes are cut', () => {
    const line = fc.string({ unit: 'binary' }).filter((text) => !/[\r\n]/.test(text));
    const data = fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n'));
    const event = line.filter((text) => text !== '');
    const frame = fc.oneof(fc.record({ data }), fc.record({ data, event }));
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.nat()), (frames, cuts) => {
        expect(roundTrip('sse', frames, cuts)).toEqual(frames);
      }),
    );
  });

  it.each(['json-array', 'json-lines'] as const)('gives back every list of objects as %s, however the bytes are cut', (framing) => {
    const object = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue());
    const frame = object.map((value) => ({ data: JSON.stringify(value) }));
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.nat()), (frames, cuts) => {
        expect(roundTrip(framing, frames, cuts)).toEqual(frames);
      }),
    );
  });
});

function roundTrip(framing: Framing, frames: readonly Frame[], cuts: readonly number[]): Frame[] {
  let text = '';
  const writer = new FrameWriter(framing, (piece) => {
    text += piece;
  });
  for (const frame of frames) writer.frame(frame.data, frame.event);
  writer.end();
  return scan(framing, cutAt(Buffer.from(text), cuts));
}

function scan(framing: Framing, chunks: readonly Buffer[]): Frame[] {
  const frames: Frame[] = [];
  const scanner = new FrameScanner(framing, (data, event) => frames.push(event === undefined ? { data } : { data, event }));
  for (const chunk of chunks) scanner.push(chunk);
  scanner.end();
  return frames;
}

function everyByte(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  return Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1));
}

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((left, right) => left - right), bytes.length];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}
