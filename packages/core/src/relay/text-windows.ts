/** Tokenizers are quadratic in one long run of letters: of this length, it takes them a few milliseconds. */
export const windowUnitsMax = 1_024;
/** Where a space stands so close to the end of a window, the window ends there. */
const cutSearchUnits = 256;

/**
 * A text in windows of bounded length, cut where a word begins: tokens begin there, too, so that the count stays exact. A run without any
 * such place is cut hard, for which it may count a token more.
 */
export function* windowsOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = endOfWindow(text, from);
    yield text.slice(from, end);
    from = end;
  }
}

function endOfWindow(text: string, from: number): number {
  const end = from + windowUnitsMax;
  if (end >= text.length) return text.length;
  for (let at = end; at > end - cutSearchUnits; at -= 1) if (beginsWord(text, at)) return at;
  // Not through the middle of a pair.
  return isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
}

/** A single space and a letter: more than one space in a row may be one token. */
function beginsWord(text: string, at: number): boolean {
  return text[at] === ' ' && isWordUnit(text.charCodeAt(at + 1)) && isWordUnit(text.charCodeAt(at - 1));
}

/** Anything but white space and controls. */
function isWordUnit(unit: number): boolean {
  return unit > 0x20 && unit !== 0x7f && unit !== 0xa0;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd8_00 && unit <= 0xdb_ff;
}
