import { claudeMessages } from '@tollgate/adapter-claude';
import { geminiDialect } from '@tollgate/adapter-gemini';
import { openaiChat, openaiResponses } from '@tollgate/adapter-openai';
import type { ClientSide, CodecContext, Dialect } from '@tollgate/plugin-kit';

export type ServedDialect = Dialect & { readonly client: ClientSide };

export const dialects: readonly ServedDialect[] = [openaiChat, openaiResponses, claudeMessages, geminiDialect].map(served);

function served(dialect: Dialect): ServedDialect {
  if (dialect.client === undefined) throw new Error(`${dialect.id} faces no clients.`);
  return { ...dialect, client: dialect.client };
}

export function dialectNamed(id: string): ServedDialect {
  const found = dialects.find((dialect) => dialect.id === id);
  if (found === undefined) throw new Error(`There is no dialect ${id}.`);
  return found;
}

/** A context that gives the same ids and times each time it is made. */
export function repeatableContext(): CodecContext {
  let ids = 0;
  return {
    lose: () => undefined,
    newId: (prefix) => `${prefix}${String((ids += 1)).padStart(8, '0')}`,
    now: () => 1_700_000_000_000,
    model: { id: 'test-model' },
  };
}
