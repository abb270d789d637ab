import { objectIn } from './json/objects.js';

/** No part of a prompt is nested more deeply, and more parts tell no more. */
const depthMax = 4;
const textsMax = 16;

const systemRoles: ReadonlySet<unknown> = new Set(['system', 'developer']);

/**
 * The texts with which a conversation begins, for {@link ClientSide.opening}: the system prompt, and of the messages those up to the first that is
 * not the system's. Texts stand in strings, or in objects under `text`, `content` or `parts`; what else there is tells nothing.
 */
export function openingTexts(system: unknown, messages: unknown): readonly string[] {
  const texts: string[] = [];
  addTexts(system, texts, 0);
  if (!Array.isArray(messages)) addTexts(messages, texts, 0);
  else
    for (const message of messages as readonly unknown[]) {
      addTexts(message, texts, 0);
      if (texts.length >= textsMax || !systemRoles.has(objectIn(message)?.['role'])) break;
    }
  return texts;
}

function addTexts(value: unknown, texts: string[], depth: number): void {
  if (texts.length >= textsMax || depth > depthMax) return;
  if (typeof value === 'string') texts.push(value);
  else if (Array.isArray(value)) for (const part of value.slice(0, textsMax) as readonly unknown[]) addTexts(part, texts, depth + 1);
  else {
    const object = objectIn(value);
    if (object !== undefined) addTexts(object['text'] ?? object['content'] ?? object['parts'], texts, depth + 1);
  }
}
