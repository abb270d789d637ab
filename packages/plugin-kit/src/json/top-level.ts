import { BadRequestError } from '../errors.js';
import { codes } from './codes.js';
import { skipBlank, skipString, skipValue } from './skip-json.js';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the guarded top-level members of a body stand. All figures are byte offsets. */
export interface TopLevelSpans {
  readonly guardedKeys: readonly string[];
  /** Span of the value, per guarded key that is there. */
  readonly values: ReadonlyMap<string, Span>;
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
  const open = skipBlank(body, 0);
  if (body[open] !== codes.openBrace) throw new BadRequestError('The body must be a JSON object.');
  const values = new Map<string, Span>();
  let insertAt = open + 1;
  let at = skipBlank(body, open + 1);
  const isEmpty = body[at] !== codes.quote;
  while (body[at] === codes.quote) {
    const keyEnd = skipString(body, at);
    const start = skipBlank(body, skipBlank(body, keyEnd) + 1);
    const end = skipValue(body, start);
    const key = guardedKey(body.toString('latin1', at + 1, keyEnd - 1), guardedKeys);
    if (key !== undefined && values.has(key)) throw ambiguous(key, `"${key}" comes twice in the body: send it once.`);
    if (key !== undefined) values.set(key, { start, end });
    insertAt = end;
    at = skipBlank(body, end);
    if (body[at] === codes.comma) at = skipBlank(body, at + 1);
  }
  return { guardedKeys, values, insertAt, isEmpty };
}

/**
 * The body with the values of guarded keys replaced by raw JSON text; a key that is absent becomes the last member. All other bytes stay.
 * @throws RangeError for a key that was not guarded: it might be there twice.
 */
export function spliceTopLevel(body: Buffer, spans: TopLevelSpans, edits: Readonly<Record<string, string>>): Buffer {
  const replacements: Replacement[] = [];
  let inserted = '';
  for (const [key, value] of Object.entries(edits)) {
    if (!spans.guardedKeys.includes(key)) throw new RangeError(`"${key}" is not among the guarded keys.`);
    const span = spans.values.get(key);
    if (span !== undefined) replacements.push({ ...span, text: value });
    else inserted += `${spans.isEmpty && inserted === '' ? '' : ','}${JSON.stringify(key)}:${value}`;
  }
  replacements.sort((left, right) => left.start - right.start);
  if (inserted !== '') replacements.push({ start: spans.insertAt, end: spans.insertAt, text: inserted });
  return replaced(body, replacements);
}

interface Replacement extends Span {
  readonly text: string;
}

function replaced(body: Buffer, replacements: readonly Replacement[]): Buffer {
  const parts: Buffer[] = [];
  let copied = 0;
  for (const { start, end, text } of replacements) {
    parts.push(body.subarray(copied, start), Buffer.from(text));
    copied = end;
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
