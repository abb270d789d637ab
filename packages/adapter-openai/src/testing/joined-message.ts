import type { JsonObject } from '@tollgate/plugin-kit';

interface Joined {
  readonly message: Record<string, unknown>;
  readonly details: Record<string, unknown>[];
  readonly calls: { function: { name: string; arguments: string } }[];
}

const wordsOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The message that a client has which merges details by their number, or only collects them. */
export function joinedMessage(chunks: readonly JsonObject[], merges: boolean): JsonObject {
  const seen: Joined = { message: { role: 'assistant', content: '' }, details: [], calls: [] };
  for (const { choices } of chunks) for (const { delta } of choices as { delta: JsonObject }[]) join(seen, delta, merges);
  const { message, details, calls } = seen;
  return {
    ...message,
    ...(details.length === 0 ? {} : { reasoning_details: details }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function join({ message, details, calls }: Joined, delta: JsonObject, merges: boolean): void {
  for (const field of ['content', 'reasoning_content', 'reasoning'])
    if (typeof delta[field] === 'string') message[field] = wordsOf(message[field]) + delta[field];
  for (const detail of (delta['reasoning_details'] ?? []) as JsonObject[]) {
    const known = merges ? details.find(({ index, type }) => index === detail['index'] && type === detail['type']) : undefined;
    if (known === undefined) details.push({ ...detail });
    else Object.assign(known, detail, { text: wordsOf(known['text']) + wordsOf(detail['text']) });
  }
  for (const { index, function: called, ...rest } of (delta['tool_calls'] ?? []) as JsonObject[]) {
    const known = (calls[Number(index)] ??= { function: { name: '', arguments: '' } });
    Object.assign(known, rest);
    const { name = '', arguments: given = '' } = (called ?? {}) as { name?: string; arguments?: string };
    known.function.name += name;
    known.function.arguments += given;
  }
}
