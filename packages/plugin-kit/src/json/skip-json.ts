import { codes } from './codes.js';

/*
 * Steps over pieces of JSON that a parser has accepted. Each function takes the index where its piece starts and returns the one after its
 * end; none looks at what it steps over.
 */

/** A native search costs as much as reading this many bytes here: short strings are read, long ones searched. */
const nearBytes = 32;

export function skipValue(body: Buffer, start: number): number {
  const code = body[start];
  if (code === codes.quote) return skipString(body, start);
  return code === codes.openBrace || code === codes.openBracket ? skipNested(body, start) : skipLiteral(body, start);
}

export function skipString(body: Buffer, start: number): number {
  let at = start + 1;
  while (at < body.length) {
    const nearEnd = Math.min(at + nearBytes, body.length);
    for (; at < nearEnd; at += 1) {
      const code = body[at];
      if (code === codes.quote) return at + 1;
      if (code === codes.backslash) at += 1;
    }
    const quote = body.indexOf(codes.quote, at);
    if (quote < 0) break;
    const isEscaped = endsInEscape(body, at, quote);
    at = quote + 1;
    if (!isEscaped) return at;
  }
  return body.length;
}

/** True if the byte at `end` is escaped, judged by the backslashes between `start` and it. */
function endsInEscape(body: Buffer, start: number, end: number): boolean {
  let first = end;
  while (first > start && body[first - 1] === codes.backslash) first -= 1;
  return (end - first) % 2 === 1;
}

function skipNested(body: Buffer, start: number): number {
  let depth = 0;
  let at = start;
  while (at < body.length) {
    const code = body[at];
    if (code === codes.quote) {
      at = skipString(body, at);
      continue;
    }
    at += 1;
    if (code === codes.openBrace || code === codes.openBracket) depth += 1;
    else if (code === codes.closeBrace || code === codes.closeBracket) {
      depth -= 1;
      if (depth === 0) break;
    }
  }
  return at;
}

function skipLiteral(body: Buffer, start: number): number {
  let at = start;
  while (at < body.length && !endsLiteral(body[at])) at += 1;
  return at;
}

function endsLiteral(code: number | undefined): boolean {
  return code === codes.comma || code === codes.closeBrace || isBlank(code);
}

export function skipBlank(body: Buffer, start: number): number {
  let at = start;
  while (isBlank(body[at])) at += 1;
  return at;
}

/** JSON has four white-space characters; nothing else up to the blank can stand between the pieces of an accepted body. */
function isBlank(code: number | undefined): boolean {
  return code !== undefined && code <= 0x20;
}
