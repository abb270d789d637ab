import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../dialect.js';
import { FrameScanner, upstreamScanner } from './frame-scanner.js';

/** A case of the encoding as AWS tests its own libraries with it: `payload_no_headers`. */
const withoutHeaders = Buffer.from('0000001d00000000fd528c5a7b27666f6f273a27626172277dc36539 36'.replace(/\s/g, ''), 'hex');

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function header(name: string, type: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([type]), value]);
}

function textHeader(name: string, text: string): Buffer {
  return header(name, 7, Buffer.concat([Buffer.from([text.length >> 8, text.length & 255]), Buffer.from(text)]));
}

function message(headers: readonly Buffer[], payload: string): Buffer {
  const [head, body] = [Buffer.concat(headers), Buffer.from(payload)];
  const prelude = Buffer.concat([int32(16 + head.length + body.length), int32(head.length)]);
  const checked = Buffer.concat([prelude, int32(crc32(prelude)), head, body]);
  return Buffer.concat([checked, int32(crc32(checked))]);
}

const event = (type: string, payload: string): Buffer =>
  message([textHeader(':message-type', 'event'), textHeader(':event-type', type)], payload);

function scan(chunks: readonly Buffer[]): readonly Frame[] {
  const frames: Frame[] = [];
  const scanner = new FrameScanner('aws-event-stream', (data, name) => frames.push(name === undefined ? { data } : { data, event: name }));
  for (const chunk of chunks) scanner.push(chunk);
  scanner.end();
  return frames;
}

describe('an AWS event stream', () => {
  it('is read as AWS publishes it', () => {
    expect(scan([withoutHeaders])).toEqual([{ data: "{'foo':'bar'}" }]);
  });

  it('names its events, exceptions and errors', () => {
    const exception = message([textHeader(':message-type', 'exception'), textHeader(':exception-type', 'throttlingException')], '{}');
    const error = message([textHeader(':message-type', 'error'), textHeader(':error-code', 'InternalError')], '');
    expect(scan([event('chunk', '{"a":1}'), exception, error])).toEqual([
      { data: '{"a":1}', event: 'chunk' },
      { data: '{}', event: 'throttlingException' },
      { data: '', event: 'InternalError' },
    ]);
  });

  it('may have headers of any type', () => {
    const lengths = [0, 0, 1, 2, 4, 8];
    const fixed = lengths.map((length, type) => header('h', type, Buffer.alloc(length, 1)));
    const bytes = header('b', 6, Buffer.from([0, 2, 9, 9]));
    const others = [...fixed, bytes, header('t', 8, Buffer.alloc(8)), header('u', 9, Buffer.alloc(16))];
    expect(scan([message([...others, textHeader(':event-type', 'chunk')], 'x')])).toEqual([{ data: 'x', event: 'chunk' }]);
  });

  it('is read the same wherever it is cut', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.array(fc.record({ data: text, event: fc.stringMatching(/^[a-z]{1,9}$/) })), fc.array(fc.nat()), (frames, cuts) => {
        const bytes = Buffer.concat(frames.map((frame) => event(frame.event, frame.data)));
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((one, other) => one - other), bytes.length];
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        expect(scan(chunks)).toEqual(frames.map((frame) => ({ data: Buffer.from(frame.data).toString(), event: frame.event })));
      }),
    );
  });

  it('hands out no message that is cut off', () => {
    expect(scan([event('chunk', '1'), event('chunk', '2').subarray(0, -1)])).toEqual([{ data: '1', event: 'chunk' }]);
  });

  it('is refused where it is damaged, or something else', () => {
    const damaged = Buffer.from(event('chunk', '{"a":1}'));
    damaged.writeUInt8(damaged.readUInt8(40) ^ 1, 40);
    for (const bytes of [damaged, Buffer.from('event: ping\ndata: {}\n\n'), Buffer.from('{"message":"no"}')])
      expect(() => scan([bytes])).toThrow(SyntaxError);
  });

  it('is unwrapped before anybody reads a frame', () => {
    const frames: (string | undefined)[] = [];
    const unwrap = ({ data }: Frame): Frame => ({ data: Buffer.from(data, 'base64').toString(), event: 'inner' });
    upstreamScanner({ framing: 'aws-event-stream', unwrap }, (...frame) => frames.push(...frame)).push(event('chunk', 'e30='));
    expect(frames).toEqual(['{}', 'inner']);
  });
});
