import { type ChannelEntry, type ChannelSurroundings, commonEntryShape, storedChannelOf } from './channel-entry.js';
import { channelOptionShape, channelOptionsSchema, secretOptions } from './channel-options.js';
import type { StoredChannel } from './channel-store.js';
import { changedFieldsOf, checkedEntry, statedEntry } from './stated-entry.js';

type Fields = Readonly<Record<string, unknown>>;

/** What becomes of each of many channels. What is left out stays as it is. */
export interface CommonChange {
  /** Of those that many channels may be told at once, as a change of one states them: null takes a field back to its default. */
  readonly fields?: Fields | undefined;
  readonly addModels?: readonly string[] | undefined;
  readonly removeModels?: readonly string[] | undefined;
  /** Names that are mapped from now on, beside those that are. */
  readonly addModelMapping?: Readonly<Record<string, string>> | undefined;
  readonly removeModelMapping?: readonly string[] | undefined;
}

/**
 * The channel with another entry than its own, checked as an apply file's entries are.
 * @param changed makes the entry of the one that there is, its secrets in clear
 * @throws InvalidChannelError
 */
export function restatedChannel(
  known: StoredChannel,
  changed: (entry: Fields) => Fields,
  surroundings: ChannelSurroundings,
): { readonly entry: ChannelEntry; readonly channel: StoredChannel } {
  const entry = checkedEntry(changed(statedEntry(known, surroundings.secretBox)), surroundings.providers);
  return { entry, channel: storedChannelOf(entry, known, surroundings) };
}

/** @throws InvalidChannelError */
export function commonlyChanged(known: StoredChannel, change: CommonChange, surroundings: ChannelSurroundings): StoredChannel {
  const { fields = {}, addModels = [], removeModels = [], addModelMapping = {}, removeModelMapping = [] } = change;
  const names = Object.keys(fields).filter((name) => fields[name] !== undefined);
  const changed = names.some(concernsConfig)
    ? restatedChannel(known, (entry) => changedFieldsOf(entry, fields, surroundings.providers), surroundings).channel
    : withFields(known, fields, names);
  const [removed, unmapped] = [new Set(removeModels), new Set(removeModelMapping)];
  const mapping = Object.entries({ ...changed.modelMapping, ...addModelMapping });
  return {
    ...changed,
    models: [...new Set([...changed.models, ...addModels])].filter((model) => !removed.has(model)),
    modelMapping: Object.fromEntries(mapping.filter(([name]) => !unmapped.has(name))),
  };
}

/** True for fields that are stored sealed, or decide whether the configuration is right. */
function concernsConfig(name: string): boolean {
  return secretOptions.has(name) || name === 'allowPrivate';
}

/** Looks at no secret and no plugin: a channel whose plugin is gone, or whose key cannot be read any more, can be switched off all the same. */
function withFields(known: StoredChannel, fields: Fields, names: readonly string[]): StoredChannel {
  const [ofOptions, others] = [names.filter(isOption), names.filter((name) => !isOption(name))];
  const options = Object.fromEntries(
    Object.entries({ ...known.options, ...picked(fields, ofOptions) }).filter(([name]) => fields[name] !== null),
  );
  const columns = others.map((name) => [name, commonEntryShape[name as keyof typeof commonEntryShape].parse(fields[name] ?? undefined)]);
  return {
    ...known,
    ...Object.fromEntries(columns),
    options: ofOptions.length === 0 ? known.options : channelOptionsSchema.parse(options),
  };
}

function isOption(name: string): boolean {
  return Object.hasOwn(channelOptionShape, name);
}

function picked(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, fields[name]]));
}
