import { hash } from 'node:crypto';
import type { SettingsValues } from '../settings/index.js';
import type { routingSettings } from './routing-settings.js';

/** What may tell to which conversation a call belongs. */
export const conversationMarks = ['cache-key', 'session-header', 'user', 'prompt'] as const;

/** What a call says of its conversation. */
export interface ConversationFacts {
  readonly userId: string;
  readonly model: string;
  /** The key that the caller gives the vendor for its cache of prompts. */
  readonly promptCacheKey: string | undefined;
  readonly sessionHeader: string | undefined;
  /** Whom the caller calls for, in the field that its dialect has for it. */
  readonly endUser: string | undefined;
  readonly promptBytes: number;
  /** The texts with which the conversation begins, the same in each of its calls. */
  opening(): readonly string[] | undefined;
}

/** Of long texts the beginning and the end are looked at, so that a prompt costs the same however long it is. */
const readAtEachEnd = 512;

/**
 * The number of the call's conversation, the same on every node; undefined where it has none. Two callers never share one.
 * @returns from 0 to below 2^32
 */
export function conversationOf(facts: ConversationFacts, settings: SettingsValues<typeof routingSettings>): number | undefined {
  if (!settings.conversations) return undefined;
  for (const mark of settings.conversationsBy) {
    const texts = textsOf(mark, facts, settings.conversationPromptBytesMin);
    if (texts === undefined) continue;
    return numberOf([facts.userId, facts.model, ...texts.map(endsOf)]);
  }
  return undefined;
}

function textsOf(
  mark: (typeof conversationMarks)[number],
  facts: ConversationFacts,
  promptBytesMin: number,
): readonly string[] | undefined {
  if (mark === 'prompt') {
    const texts = facts.promptBytes < promptBytesMin ? undefined : facts.opening();
    return texts === undefined || texts.length === 0 ? undefined : texts;
  }
  const { promptCacheKey, sessionHeader, endUser } = facts;
  const text = mark === 'cache-key' ? promptCacheKey : mark === 'user' ? endUser : sessionHeader;
  return text === undefined || text === '' ? undefined : [mark, text];
}

function endsOf(text: string): string {
  if (text.length <= 2 * readAtEachEnd) return text;
  return `${text.length} ${text.slice(0, readAtEachEnd)}${text.slice(-readAtEachEnd)}`;
}

/** One hash over all: native code takes in a few thousand characters in less time than a loop of ours takes some hundred. */
function numberOf(texts: readonly string[]): number {
  return Number.parseInt(hash('sha1', texts.join('\0')).slice(0, 8), 16);
}
