import { type JsonObject, objectsIn } from '@tollgate/plugin-kit';
import type { Habit } from './habit.js';

const fitting = /^[a-zA-Z0-9]{9}$/;
const idLength = 9;
const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/** Ids of tool calls have exactly nine letters and digits. Those that other vendors made are replaced, the same by the same. */
export const nineCharacterCallIds: Habit = {
  edit(body) {
    for (const message of objectsIn(body['messages'])) {
      for (const call of objectsIn(message['tool_calls'])) fit(call, 'id');
      fit(message, 'tool_call_id');
    }
  },
};

function fit(holder: JsonObject, field: string): void {
  const id = holder[field];
  if (typeof id === 'string' && !fitting.test(id)) holder[field] = nineCharactersFor(id);
}

/** 46 bits of two hashes: in one conversation, no two ids meet. */
function nineCharactersFor(id: string): string {
  const high = hashOf(id, offsetBasis) % 36 ** 3;
  const low = hashOf(`${id}#`, prime) % 36 ** 6;
  return `${high.toString(36).padStart(3, '0')}${low.toString(36).padStart(idLength - 3, '0')}`;
}

/** FNV-1a. */
function hashOf(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), prime);
  return hash >>> 0;
}
