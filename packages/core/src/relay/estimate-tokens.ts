/** Characters of English text to a token, on average over the usual tokenizers. */
const asciiCharactersPerToken = 4;
/** What a picture, a recording or a document counts as when only its bytes are known. */
const mediaTokens = 1_000;
/** Longer runs of base64 are media, not text. */
const mediaCharactersMin = 1_024;
const base64Start = /^(?:data:[\w.+/-]+;base64,)?[A-Za-z0-9+/_-]{256}/;
/** What ASCII text has and base64 has not: each is searched natively, where one pattern over a picture takes milliseconds. */
const textSeparators = [' ', '\n', '\t', '.', '"'];
/** Fields whose strings every dialect reads as text: a long word there is not a medium, however much it looks like one. */
const textFields: ReadonlySet<string> = new Set(['text', 'content', 'input', 'output', 'prompt', 'instructions', 'system', 'arguments']);
/** Deeper values wait in a list: no body may exhaust the stack. */
const nestedCallsMax = 100;

interface DeepValue {
  readonly value: object;
  readonly field: string;
}

/**
 * Tokens of a text, estimated from its byte classes: about four ASCII characters or one wide character to a token. Native counting of the
 * bytes makes it cheap; a tokenizer would cost more than the rest of the call.
 */
export function estimateTextTokens(text: string): number {
  const wideCharacters = (Buffer.byteLength(text) - text.length) / 2;
  return Math.ceil((text.length - wideCharacters) / asciiCharactersPerToken + wideCharacters);
}

/**
 * Tokens of a parsed request body, estimated over all its texts, whatever the dialect. Keys and structure count little; base64 counts as
 * one medium, unless it stands where a dialect has text: otherwise a text that begins like base64 would be held as next to nothing.
 */
export function estimateBodyTokens(body: unknown): number {
  const deeper: DeepValue[] = [];
  let tokens = estimateValueTokens(body, '', 0, deeper);
  for (let next = deeper.pop(); next !== undefined; next = deeper.pop()) tokens += estimateValueTokens(next.value, next.field, 0, deeper);
  return tokens;
}

function estimateValueTokens(value: unknown, field: string, depth: number, deeper: DeepValue[]): number {
  if (typeof value === 'string') return estimateStringTokens(value, field);
  if (typeof value !== 'object' || value === null) return 1;
  if (depth === nestedCallsMax) {
    deeper.push({ value, field });
    return 0;
  }
  let tokens = 1;
  if (Array.isArray(value)) {
    for (const item of value) tokens += estimateValueTokens(item, field, depth + 1, deeper);
    return tokens;
  }
  for (const key in value) tokens += 1 + estimateValueTokens((value as Record<string, unknown>)[key], key, depth + 1, deeper);
  return tokens;
}

function estimateStringTokens(text: string, field: string): number {
  if (text.length >= mediaCharactersMin && !textFields.has(field) && looksLikeMedia(text)) return mediaTokens;
  return estimateTextTokens(text);
}

function looksLikeMedia(text: string): boolean {
  const start = base64Start.exec(text)?.[0];
  return (
    start !== undefined &&
    Buffer.byteLength(text) === text.length &&
    !textSeparators.some((separator) => text.includes(separator, start.length))
  );
}
