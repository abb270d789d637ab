import { type Frame, FrameScanner, type Framing, lastFrameEnd } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAt, someCuts } from './cut-anywhere.js';
import { fuzzOptions } from './fuzz-options.js';
import { someEventStream } from './sse-grammar.js';

function scan(framing: Framing, chunks: readonly Buffer[]): readonly Frame[] {
  const frames: Frame[] = [];
  const scanner = new FrameScanner(framing, (data, event) => frames.push(event === undefined ? { data } : { data, event }));
  for (const chunk of chunks) scanner.push(chunk);
  scanner.end();
  return frames;
}

const framings = ['sse', 'json-array', 'json-lines'] as const;
/** What looks like frames and is none, and bytes that are no text at all. */
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(
      fc.constantFrom('data:', 'event:', ':', '\n', '\r', '\r\n', '[', ']', '{', '}', '"', '\\', ',', '\uFEFF', '👋', 'x', '{"a":1}'),
      {
        maxLength: 60,
      },
    )
    .map((pieces) => Buffer.from(pieces.join(''))),
);

describe('event streams by the grammar', () => {
  it('hold the frames that the standard says, however they are cut', () => {
    fc.assert(
      fc.property(someEventStream, someCuts, ({ text, frames }, cuts) => {
        expect(scan('sse', cutAt(Buffer.from(text), cuts))).toEqual(frames);
      }),
      fuzzOptions(2_000),
    );
  });

  it('may be parted after any whole frame', () => {
    fc.assert(
      fc.property(someEventStream, fc.double({ min: 0, max: 1, noNaN: true }), ({ text, frames }, share) => {
        const bytes = Buffer.from(text);
        const end = lastFrameEnd('sse', bytes.subarray(0, Math.floor(share * bytes.length)));
        expect([...scan('sse', [bytes.subarray(0, end)]), ...scan('sse', [bytes.subarray(end)])]).toEqual(frames);
      }),
      fuzzOptions(2_000),
    );
  });
});

describe.each(framings)('any bytes as %s', (framing) => {
  it('are scanned without a throw, and to the same frames however they are cut', () => {
    fc.assert(
      fc.property(anyBytes, someCuts, (bytes, cuts) => {
        expect(scan(framing, cutAt(bytes, cuts))).toEqual(scan(framing, [bytes]));
      }),
      fuzzOptions(2_000),
    );
  });

  it('are never parted beyond their end', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const end = lastFrameEnd(framing, bytes);
        expect(end).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(bytes.length);
      }),
      fuzzOptions(1_000),
    );
  });
});
