import { BadRequestError } from '../errors.js';
import { codes } from './codes.js';
import { endsInEscape } from './ends-in-escape.js';

/** Where the guarded top-level members of a body stand. All figures are byte offsets. */
export interface TopLevelSpans {
  readonly guardedKeys: readonly string[];
  /** Span of the value, per guarded key that is there. */
  readonly values: ReadonlyMap<string, { readonly start: number; readonly end: number }>;
  /** Just after the last member, or after the opening brace. */
  readonly insertAt: number;
  readonly isEmpty: boolean;
}

/**
 * Finds the values of the guarded top-level keys in a body that `JSON.parse` has already accepted, without building anything.
 * @throws BadRequestError if a guarded key comes twice or is not spelled plainly (an escape, another letter case: some parsers take `"Model"`
 * for `"model"`), so that no two readers of the body can see different values; or if the body is no object.
 */
export function scanTopLevel(body: Buffer, guardedKeys: readonly string[]): TopLevelSpans {
  // One Latin-1 character per byte: offsets stay true, and searching a string costs a fraction of searching a Buffer.
  const text = body.toString('latin1');
  const open = skipBlank(text, 0);
  if (text.charCodeAt(open) !== codes.openBrace) throw new BadRequestError('The body must be a JSON object.');
  const values = new Map<string, { start: number; end: number }>();
  let insertAt = open + 1;
  let at = skipBlank(text, open + 1);
  const isEmpty = text.charCodeAt(at) !== codes.quote;
  while (text.charCodeAt(at) === codes.quote) {
    const keyEnd = stringEnd(text, at);
    const start = skipBlank(text, skipBlank(text, keyEnd) + 1);
    const end = valueEnd(text, start);
    const key = guardedKey(text.slice(at + 1, keyEnd - 1), guardedKeys);
    if (key !== undefined && values.has(key)) throw ambiguous(key, `"${key}" comes twice in the body: send it once.`);
    if (key !== undefined) values.set(key, { start, end });
    insertAt = end;
    at = skipBlank(text, end);
    if (text.charCodeAt(at) === codes.comma) at = skipBlank(text, at + 1);
  }
  return { guardedKeys, values, insertAt, isEmpty };
}

/**
 * The body with the values of guarded keys replaced by raw JSON text; a key that is absent becomes the last member. All other bytes stay.
 * @throws RangeError for a key that was not guarded: it might be there twice.
 */
export function spliceTopLevel(body: Buffer, spans: TopLevelSpans, edits: Readonly<Record<string, string>>): Buffer {
  const pieces: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  let inserted = '';
  for (const [key, value] of Object.entries(edits)) {
    if (!spans.guardedKeys.includes(key)) throw new RangeError(`"${key}" is not among the guarded keys.`);
    const span = spans.values.get(key);
    if (span !== undefined) pieces.push({ ...span, text: value });
    else inserted += `${spans.isEmpty && inserted === '' ? '' : ','}${JSON.stringify(key)}:${value}`;
  }
  pieces.sort((left, right) => left.start - right.start);
  if (inserted !== '') pieces.push({ start: spans.insertAt, end: spans.insertAt, text: inserted });
  return replaced(body, pieces);
}

function replaced(body: Buffer, pieces: readonly { readonly start: number; readonly end: number; readonly text: string }[]): Buffer {
  const parts: Buffer[] = [];
  let copied = 0;
  for (const piece of pieces) {
    parts.push(body.subarray(copied, piece.start), Buffer.from(piece.text));
    copied = piece.end;
  }
  parts.push(body.subarray(copied));
  return Buffer.concat(parts);
}

/** Matches what a plainly spelled key does not contain: escapes and bytes beyond ASCII. */
const unusualSpelling = /[^\x20-\x5b\x5d-\x7e]/;

/** The guarded key that a parser, also one that ignores letter case, reads from the bytes of a key. */
function guardedKey(spelled: string, guardedKeys: readonly string[]): string | undefined {
  if (guardedKeys.includes(spelled)) return spelled;
  const isUnusual = unusualSpelling.test(spelled);
  const folded = foldCase(isUnusual ? (JSON.parse(`"${Buffer.from(spelled, 'latin1').toString()}"`) as string) : spelled);
  const key = guardedKeys.find((guarded) => guarded.length === folded.length && foldCase(guarded) === folded);
  if (key !== undefined) throw ambiguous(key, `"${key}" is spelled in an unusual way: write it plainly.`);
  return undefined;
}

/** Upper case first: it also folds the long s and the Kelvin sign, which case-insensitive parsers take for `s` and `k`. */
function foldCase(key: string): string {
  return key.toUpperCase().toLowerCase();
}

function ambiguous(key: string, message: string): BadRequestError {
  return new BadRequestError(message, key, 'ambiguous_request');
}

function valueEnd(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === codes.quote) return stringEnd(text, start);
  return code === codes.openBrace || code === codes.openBracket ? nestedEnd(text, start) : literalEnd(text, start);
}

/** The index after the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  for (let close = text.indexOf('"', start + 1); close >= 0; close = text.indexOf('"', close + 1))
    if (!endsInEscape(text, start + 1, close)) return close + 1;
  return text.length;
}

/** The index after the bracket that closes the one at `start`. */
function nestedEnd(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === codes.quote) {
      at = stringEnd(text, at);
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

/** The index after the number, `true`, `false` or `null` at `start`. */
function literalEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isLiteralEnd(text.charCodeAt(at))) at += 1;
  return at;
}

function isLiteralEnd(code: number): boolean {
  return code === codes.comma || code === codes.closeBrace || isBlank(code);
}

function skipBlank(text: string, start: number): number {
  let at = start;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** The four white-space characters of JSON; anything else up to the blank cannot stand in an accepted body. */
function isBlank(code: number): boolean {
  return code <= 0x20;
}
