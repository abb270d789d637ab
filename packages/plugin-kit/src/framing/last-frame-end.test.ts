import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Framing } from '../dialect.js';
import { FrameScanner } from './frame-scanner.js';
import { lastFrameEnd } from './last-frame-end.js';

describe('lastFrameEnd', () => {
  const examples: readonly (readonly [Framing, string, string])[] = [
    ['sse', '', ''],
    ['sse', 'data: 1\n', ''],
    ['sse', 'data: 1\n\n', 'data: 1\n\n'],
    ['sse', 'data: 1\n\ndata: 2\n\nda', 'data: 1\n\ndata: 2\n\n'],
    ['sse', 'data: 1\r\n\r\ndata: 2\r\n\r', 'data: 1\r\n\r\n'],
    ['sse', 'data: 1\r\n\r\ndata: 2\r\n\r\n', 'data: 1\r\n\r\ndata: 2\r\n\r\n'],
    ['sse', 'data: 1\r\rdata: 2', 'data: 1\r\r'],
    ['sse', 'data: 1\r\n\ndata: 2\r\n', 'data: 1\r\n\n'],
    ['sse', 'data: a\r\ndata: b\r\n', ''],
    ['json-lines', '{"a":1}\n{"b"', '{"a":1}\n'],
    ['json-array', '[', ''],
    ['json-array', '[{"a":"é]}"}\n,\r\n{"b":', '[{"a":"é]}"}'],
    ['json-array', ',\r\n{"b":1}\n]', ',\r\n{"b":1}'],
  ];
  it.each(examples)('in %s %j ends at %j', (framing, text, whole) => {
    const bytes = Buffer.from(text);
    expect(bytes.subarray(0, lastFrameEnd(framing, bytes)).toString()).toBe(whole);
  });

  it('never cuts an event and never holds a whole one back', () => {
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    const part = fc.oneof(lineEnd, fc.constantFrom('data: 1', 'data: é', 'event: a', ': note'));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.nat(), (parts, cut) => {
        const bytes = Buffer.from(parts.join(''));
        const head = bytes.subarray(0, cut % (bytes.length + 1));
        const end = lastFrameEnd('sse', head);
        expect([...frames(head.subarray(0, end)), ...frames(bytes.subarray(end))]).toEqual(frames(bytes));
        if (head.at(-1) !== 0x0d) expect(frames(head.subarray(end))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('never cuts an element of an array', () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1 });
    fc.assert(
      fc.property(objects, fc.nat(), (elements, cut) => {
        const bytes = Buffer.from(`[${elements.map((element) => JSON.stringify(element, null, 1)).join('\n,\r\n')}]`);
        const head = bytes.subarray(0, cut % (bytes.length + 1));
        const end = lastFrameEnd('json-array', head);
        expect([...frames(head.subarray(0, end), 'json-array'), ...frames(bytes.subarray(end), 'json-array')]).toEqual(
          elements.map((element) => JSON.stringify(element, null, 1)),
        );
      }),
    );
  });
});

function frames(bytes: Buffer, framing: Framing = 'sse'): string[] {
  const found: string[] = [];
  new FrameScanner(framing, (data, event) => found.push(event === undefined ? data : `${event}: ${data}`)).push(bytes);
  return found;
}
