import { codes } from '../json/codes.js';

/**
 * Finds where the objects of a streamed JSON array start and end. Texts may be cut anywhere; strings are jumped over with native search.
 * An object that stands alone, outside of any array, is found too: how an upstream reports an error.
 */
export class JsonElements {
  #isInsideArray = false;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /**
   * Calls `onElement` with the span of each element that ends in this text; its start is 0 if it began in an earlier one.
   * @returns the index from which the text belongs to an element that goes on; the text's length if there is none.
   */
  scan(text: string, onElement: (start: number, end: number) => void): number {
    let start = this.#depth > 0 ? 0 : text.length;
    let at = 0;
    while (at < text.length) {
      if (this.#isInString) {
        at = this.#skipString(text, at);
        continue;
      }
      const code = text.charCodeAt(at);
      at += 1;
      if (code === codes.quote) this.#isInString = true;
      else if (code === codes.openBrace || code === codes.openBracket) {
        if (this.#depth === 0) start = at - 1;
        this.#open(code);
      } else if ((code === codes.closeBrace || code === codes.closeBracket) && this.#closes()) {
        onElement(start, at);
        start = text.length;
      }
    }
    return this.#depth > 0 ? start : text.length;
  }

  #open(code: number): void {
    if (this.#depth === 0 && code === codes.openBracket && !this.#isInsideArray) this.#isInsideArray = true;
    else this.#depth += 1;
  }

  /** True if the bracket closes an element, not the array or something inside an element. */
  #closes(): boolean {
    if (this.#depth === 0) {
      this.#isInsideArray = false;
      return false;
    }
    this.#depth -= 1;
    return this.#depth === 0;
  }

  #skipString(text: string, start: number): number {
    if (this.#isEscaped) {
      this.#isEscaped = false;
      return start + 1;
    }
    const quote = text.indexOf('"', start);
    const end = quote < 0 ? text.length : quote;
    const isEscaped = endsInEscape(text, start, end);
    if (quote < 0) this.#isEscaped = isEscaped;
    else this.#isInString = isEscaped;
    return quote < 0 ? end : quote + 1;
  }
}

/** True if the character at `end` is escaped, judged by the backslashes between `start` and it. */
function endsInEscape(text: string, start: number, end: number): boolean {
  let first = end;
  while (first > start && text.charCodeAt(first - 1) === codes.backslash) first -= 1;
  return (end - first) % 2 === 1;
}
