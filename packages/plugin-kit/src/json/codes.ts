/** Codes of the characters that shape JSON; they mean the same in UTF-8, Latin-1 and UTF-16. */
export const codes = {
  quote: 0x22,
  comma: 0x2c,
  backslash: 0x5c,
  openBracket: 0x5b,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;
