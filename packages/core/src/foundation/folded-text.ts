/**
 * A text as searches compare it: the same for letters in any case, of any alphabet, and however an accent is written. By capitals, since small
 * letters depend on where they stand (a sigma at the end of a word). Databases each have rules of their own, SQLite only those of ASCII.
 */
export function foldedText(text: string): string {
  return text.normalize('NFC').toUpperCase();
}
