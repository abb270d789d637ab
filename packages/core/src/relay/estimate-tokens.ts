/** Characters of English text to a token, on average over the usual tokenizers. */
const asciiCharactersPerToken = 4;
/** What a picture, a recording or a document counts as when only its bytes are known. */
const mediaTokens = 1_000;
/** Longer runs of base64 are media, not text. */
const mediaCharactersMin = 1_024;
const base64Text = /^(?:data:[\w.+/-]+;base64,)?[A-Za-z0-9+/_-]{256}/;

/**
 * Tokens of a text, estimated from its byte classes: about four ASCII characters or one wide character to a token. Native counting of the
 * bytes makes it cheap; a tokenizer would cost more than the rest of the call.
 */
export function estimateTextTokens(text: string): number {
  const wideCharacters = (Buffer.byteLength(text) - text.length) / 2;
  return Math.ceil((text.length - wideCharacters) / asciiCharactersPerToken + wideCharacters);
}

/**
 * Tokens of a parsed request body, estimated over all its texts, whatever the dialect. Keys and structure count little, base64 counts as
 * one medium.
 */
export function estimateBodyTokens(value: unknown): number {
  if (typeof value === 'string') return estimateStringTokens(value);
  if (typeof value !== 'object' || value === null) return 1;
  let tokens = 1;
  if (Array.isArray(value)) {
    for (const item of value) tokens += estimateBodyTokens(item);
    return tokens;
  }
  for (const key in value) tokens += 1 + estimateBodyTokens((value as Record<string, unknown>)[key]);
  return tokens;
}

function estimateStringTokens(text: string): number {
  if (text.length >= mediaCharactersMin && base64Text.test(text)) return mediaTokens;
  return estimateTextTokens(text);
}
