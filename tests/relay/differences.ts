import { isDeepStrictEqual } from 'node:util';
import type { Expectation, ExpectedToolCall } from '../replay/expectations.js';
import type { Client, Observed } from './clients/client.js';

/** What differs from what the recording says, in words. */
export function differences(client: Client, expected: Expectation, observed: Observed): readonly string[] {
  const found: string[] = [];
  if (observed.text !== expected.text) found.push(`text ${quoted(observed.text)} instead of ${quoted(expected.text)}`);
  if (observed.thinking !== expected.thinking) found.push(`thinking ${quoted(observed.thinking)} instead of ${quoted(expected.thinking)}`);
  if (!sameCalls(observed.toolCalls, expected.toolCalls))
    found.push(`tool calls ${JSON.stringify(observed.toolCalls)} instead of ${JSON.stringify(expected.toolCalls)}`);
  const words: readonly (string | undefined)[] =
    expected.stop === undefined ? [undefined, ...client.stopWords.end] : client.stopWords[expected.stop];
  if (!words.includes(observed.stop)) found.push(`stop "${observed.stop}" instead of ${words.join(' or ')}`);
  if (expected.usage !== undefined && !isDeepStrictEqual(observed.usage, expected.usage))
    found.push(`usage ${JSON.stringify(observed.usage)} instead of ${JSON.stringify(expected.usage)}`);
  return found;
}

/** A tool that takes plain text becomes a function with one argument where the dialect has no such tools. */
function sameCalls(observed: readonly ExpectedToolCall[], expected: readonly ExpectedToolCall[]): boolean {
  return (
    observed.length === expected.length &&
    expected.every((call, index) => {
      const other = observed[index];
      const asFunction = typeof call.arguments === 'string' && isDeepStrictEqual(other?.arguments, { input: call.arguments });
      return other?.name === call.name && (asFunction || isDeepStrictEqual(other.arguments, call.arguments));
    })
  );
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 40)} … ${text.slice(-40)} (${text.length})` : text);
}
