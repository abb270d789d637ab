const blankLine = '\n\n';
const returnedBlankLine = '\r\n\r\n';

/**
 * The server-sent events that hold one of the needles, in their order and as parts of the same memory: found from the needle outwards, so
 * that the others are not looked at. The bytes begin where an event begins.
 */
export function eventsWith(bytes: Buffer, needles: readonly string[]): readonly Buffer[] {
  const events: Buffer[] = [];
  const places = needles.map((needle) => placeOf(bytes, needle, 0));
  for (let from = 0; from < bytes.length; ) {
    const at = Math.min(...places);
    if (at === Number.POSITIVE_INFINITY) break;
    const start = from + Math.max(startOf(bytes.subarray(from, at), blankLine), startOf(bytes.subarray(from, at), returnedBlankLine));
    const end = endOf(bytes, at);
    events.push(bytes.subarray(start, end));
    // Each needle is looked for again only once it was met, so that no byte is searched twice.
    for (const [index, place] of places.entries()) if (place < end) places[index] = placeOf(bytes, needles[index] ?? '', end);
    from = end;
  }
  return events;
}

function placeOf(bytes: Buffer, needle: string, from: number): number {
  const place = bytes.indexOf(needle, from);
  return place < 0 ? Number.POSITIVE_INFINITY : place;
}

/** Where the last event begins. */
function startOf(bytes: Buffer, blank: string): number {
  const last = bytes.lastIndexOf(blank);
  return last < 0 ? 0 : last + blank.length;
}

/** After the next blank line of either kind, or after the last byte. */
function endOf(bytes: Buffer, from: number): number {
  const plain = bytes.indexOf(blankLine, from);
  const plainEnd = plain < 0 ? bytes.length : plain + blankLine.length;
  const returned = bytes.subarray(0, plainEnd).indexOf(returnedBlankLine, from);
  return returned < 0 ? plainEnd : returned + returnedBlankLine.length;
}
