import type { Framing } from '@tollgate/plugin-kit';

const blankLine = '\n\n';
const returnedBlankLine = '\r\n\r\n';

/**
 * One pattern for all needles of a dialect, for texts that hold a byte in each character: it finds them several times faster than a search
 * for each of them among the bytes.
 */
export function needlePattern(needles: readonly string[]): RegExp {
  const alternatives = needles.map((needle) =>
    Buffer.from(needle)
      .toString('latin1')
      .replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
  );
  return new RegExp(alternatives.length === 0 ? '(?!)' : alternatives.join('|'), 'g');
}

/**
 * The server-sent events that hold a needle, in their order and as parts of the same memory: found from the needle outwards, so that the
 * others are not looked at. The bytes begin where an event begins.
 */
export function eventsWith(bytes: Buffer, pattern: RegExp): readonly Buffer[] {
  const text = bytes.toString('latin1');
  const events: Buffer[] = [];
  pattern.lastIndex = 0;
  for (let from = 0; from < text.length; ) {
    const found = pattern.exec(text);
    if (found === null) break;
    const start = startOf(text, from, found.index);
    from = endOf(text, found.index);
    events.push(bytes.subarray(start, from));
    pattern.lastIndex = from;
  }
  return events;
}

/** The parts of whole frames that hold a needle: single events where the framing has them, else all or nothing. */
export function nominatedIn(frames: Buffer, framing: Framing, pattern: RegExp): readonly Buffer[] {
  if (framing === 'sse') return eventsWith(frames, pattern);
  pattern.lastIndex = 0;
  return pattern.test(frames.toString('latin1')) ? [frames] : [];
}

/** Where the event around `at` begins; an earlier one ends at `from`. */
function startOf(text: string, from: number, at: number): number {
  const plain = text.slice(from, at).lastIndexOf(blankLine);
  const start = plain < 0 ? from : from + plain + blankLine.length;
  const returned = text.slice(start, at).lastIndexOf(returnedBlankLine);
  return returned < 0 ? start : start + returned + returnedBlankLine.length;
}

/** After the next blank line of either kind, or after the last byte. */
function endOf(text: string, from: number): number {
  const plain = text.indexOf(blankLine, from);
  const plainEnd = plain < 0 ? text.length : plain + blankLine.length;
  const returned = text.slice(from, plainEnd).indexOf(returnedBlankLine);
  return returned < 0 ? plainEnd : from + returned + returnedBlankLine.length;
}
