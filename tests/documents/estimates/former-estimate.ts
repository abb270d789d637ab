/** The estimate as it was before models had families, to compare with: four ASCII characters or one wide one to a token. */
export function formerTextTokens(text: string): number {
  const wideCharacters = (Buffer.byteLength(text) - text.length) / 2;
  return Math.ceil((text.length - wideCharacters) / 4 + wideCharacters);
}

/** Every key and every value was a token besides its text; base64 was a thousand. */
export function formerBodyTokens(value: unknown): number {
  if (typeof value === 'string') return /^[A-Za-z0-9+/_-]{1024,}=*$/.test(value) ? 1_000 : formerTextTokens(value);
  if (typeof value !== 'object' || value === null) return 1;
  const members: readonly unknown[] = Object.values(value);
  const keys = Array.isArray(value) ? 0 : members.length;
  return members.reduce<number>((tokens, member) => tokens + formerBodyTokens(member), 1 + keys);
}
