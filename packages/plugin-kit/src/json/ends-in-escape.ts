import { codes } from './codes.js';

/** True if the character at `end` is escaped, judged by the backslashes between `start` and it. */
export function endsInEscape(text: string, start: number, end: number): boolean {
  let first = end;
  while (first > start && text.charCodeAt(first - 1) === codes.backslash) first -= 1;
  return (end - first) % 2 === 1;
}
