import type { Frame } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';

/** Text of an event stream, and the frames that the WHATWG HTML standard says are in it. */
export interface EventStream {
  readonly text: string;
  readonly frames: readonly Frame[];
}

interface Line {
  readonly field: 'data' | 'event' | 'other';
  readonly text: string;
  readonly value: string;
}

const lineBreaks = fc.constantFrom('\n', '\r\n', '\r');
const value = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll(/[\r\n]/g, ''));

function fieldLine(field: 'data' | 'event', content: fc.Arbitrary<string>): fc.Arbitrary<Line> {
  return fc.oneof(
    content.map((text): Line => ({ field, text: `${field}: ${text}`, value: text })),
    // Without the blank, one that belongs to the value must not stand first.
    content.filter((text) => !text.startsWith(' ')).map((text): Line => ({ field, text: `${field}:${text}`, value: text })),
    fc.constant<Line>({ field, text: field, value: '' }),
  );
}

const otherLine: fc.Arbitrary<Line> = fc
  .oneof(
    value.map((text) => `:${text}`),
    value.map((text) => `id: ${text}`),
    fc.nat().map((milliseconds) => `retry: ${milliseconds}`),
    value.map((text) => `datum: ${text}`),
    value.map((text) => `events: ${text}`),
  )
  .map((text): Line => ({ field: 'other', text, value: '' }));

/** Data of models is JSON more often than not. */
const data = fc.oneof(value, fc.json({ maxDepth: 1 }));
const line = fc.oneof(
  { weight: 3, arbitrary: fieldLine('data', data) },
  { weight: 1, arbitrary: fieldLine('event', value) },
  { weight: 1, arbitrary: otherLine },
);

const block = fc.tuple(fc.array(fc.tuple(line, lineBreaks), { maxLength: 5 }), lineBreaks);

/** Legal event streams with everything that the grammar allows. */
export const someEventStream: fc.Arbitrary<EventStream> = fc
  .tuple(fc.boolean(), fc.array(block, { maxLength: 6 }))
  .map(([hasMark, blocks]) => ({
    text: `${hasMark ? '\uFEFF' : ''}${joined(blocks.flatMap(([lines, end]) => [...lines.map(([{ text }, ending]) => text + ending), end]))}`,
    frames: blocks.flatMap(([lines]) => frameOf(lines.map(([each]) => each))),
  }));

/** A line end of CR and one of LF that follows it would be one line end. */
function joined(pieces: readonly string[]): string {
  return pieces.reduce((text, piece) => text + (text.endsWith('\r') && piece.startsWith('\n') ? '\r' : piece), '');
}

function frameOf(lines: readonly Line[]): readonly Frame[] {
  const values = lines.filter(({ field }) => field === 'data').map((each) => each.value);
  if (values.length === 0) return [];
  const event = lines.findLast(({ field }) => field === 'event')?.value ?? '';
  return [{ data: values.join('\n'), ...(event === '' ? {} : { event }) }];
}
