import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from '../../storage/database.js';
import { foldedText } from '../../foundation/folded-text.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import type { ChannelFilter, ComparableFilter } from './channel-filter.js';
import { hintedCharactersMin, hintSearchOf, keyHintOf, showsHint } from './channel-key.js';
import { findHintedChannels, readKeysOfHints, readNames, readSecretsAfter } from './channel-search-store.js';
import { type Config, openedConfigSecrets, openedKeySecrets } from './channel-secrets.js';

/** How many channels are opened before others have their turn. */
const channelsAtOnce = 250;

/**
 * The filter as the database can answer it: names in any case, and keys, which it has sealed, are compared here. To be called before a
 * transaction that writes, since it may open the key of every channel.
 * @throws StorageUnavailableError
 */
export async function comparableFilter(knex: Database['knex'], filter: ChannelFilter, secretBox: SecretBox): Promise<ComparableFilter> {
  const { name, keyHint, ...rest } = filter;
  let ids = rest.ids;
  if (name !== undefined) ids = common(ids, await channelsNamed(knex, name));
  if (keyHint !== undefined) ids = common(ids, await channelsWithKey(knex, keyHint, secretBox));
  return { ...rest, ids };
}

function common(ids: readonly string[] | undefined, found: ReadonlySet<string>): readonly string[] {
  return ids === undefined ? [...found] : ids.filter((id) => found.has(id));
}

async function channelsNamed(knex: Database['knex'], part: string): Promise<ReadonlySet<string>> {
  const wanted = foldedText(part);
  const names = await readNames(knex);
  return new Set(names.flatMap(({ id, name }) => (foldedText(name).includes(wanted) ? [id] : [])));
}

/**
 * Those that have exactly this key. Where none has, and the text is too short for a whole key that has a hint, those whose hints show it. More
 * than hints show is never compared with a part of a key: whoever sees only hints could guess the rest, one character after the other.
 */
async function channelsWithKey(knex: Database['knex'], text: string, secretBox: SecretBox): Promise<ReadonlySet<string>> {
  const whole = new Set<string>();
  const hints = [text, `${text}\n`].map((secret) => keyHintOf({ secret }));
  for (const key of await readKeysOfHints(knex, hints))
    if (holds(openedKeySecrets(key.channelId, key, secretBox), text)) whole.add(key.channelId);
  const hinted = new Set<string>();
  for await (const { id, secrets } of configSecrets(knex, secretBox)) {
    if (holds(secrets, text)) whole.add(id);
    if (showsHint(keyHintOf(secrets), text)) hinted.add(id);
  }
  if (whole.size > 0 || text.length >= hintedCharactersMin) return whole;
  return new Set([...hinted, ...(await findHintedChannels(knex, hintSearchOf(text)))]);
}

/** A key from a file may end with a line break, which nobody searches for. */
function holds(secrets: Config, text: string): boolean {
  return Object.values(secrets).some((secret) => typeof secret === 'string' && (secret === text || secret.trim() === text));
}

/** Of channels whose key is in their configuration: no hint of it is stored. */
async function* configSecrets(
  knex: Database['knex'],
  secretBox: SecretBox,
): AsyncGenerator<{ readonly id: string; readonly secrets: Config }> {
  let last = '';
  for (;;) {
    const rows = await readSecretsAfter(knex, last, channelsAtOnce);
    for (const { id, secrets } of rows) {
      const opened = openedConfigSecrets(id, secrets, secretBox);
      if (Object.keys(opened).length > 0) yield { id, secrets: opened };
    }
    if (rows.length < channelsAtOnce) return;
    last = rows.at(-1)?.id ?? '';
    await nextTurn();
  }
}
