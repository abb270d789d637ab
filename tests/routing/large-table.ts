import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type CandidateList, type Channel, ChannelTable, defaultChannelOptions } from '../../packages/core/src/modules/channels/index.js';
import { SharedNames } from '../../packages/core/src/modules/channels/shared-names.js';
import { createLogger } from '../../packages/core/src/foundation/logger.js';
import { HealthBook, healthSettings } from '../../packages/core/src/modules/health/index.js';
import {
  ChannelLoads,
  ChannelSelection,
  ConversationPlaces,
  KeyTurns,
  type SelectionWish,
  TraceWriter,
} from '../../packages/core/src/modules/routing/index.js';
import { seeded } from './virtual-time.js';

export interface LargeTableFigures {
  readonly channels: number;
  readonly models: number;
  /** Of the table with the lists of every model, in bytes. */
  readonly heapBytes: number;
  /** Mean of one selection, a conversation's too. */
  readonly microsecondsOfSelection: number;
  readonly microsecondsInConversation: number;
  /** The same from twenty channels. */
  readonly microsecondsAmongTwenty: number;
  /** From all channels, of which some are left alone. */
  readonly blocked: readonly BlockedFigures[];
  /** Allocated by one selection, in bytes: from all channels, and from twenty. */
  readonly bytesOfSelection: number;
  readonly bytesAmongTwenty: number;
  /** From a change of one channel to the next choice among all of them. */
  readonly millisecondsOfChange: number;
}

export interface BlockedFigures {
  /** Of the channels, those that are left alone. */
  readonly share: number;
  readonly microseconds: number;
}

const channelsOfLarge = 10_000;
const sharesBlocked = [0.5, 0.9, 0.99, 1];
const modelsOfLarge = 1_000;

export const modelNames: readonly string[] = Array.from({ length: modelsOfLarge }, (_, index) => `vendor/model-${index}-of-a-long-list`);

/** As channels are opened: each brings its own list of names, and those that are equal are kept once. */
export function largeTable(channels = channelsOfLarge): ChannelTable {
  const names = new SharedNames();
  return ChannelTable.of(Array.from({ length: channels }, (_, index) => channelOf(index, names.shared([...modelNames]))));
}

function channelOf(index: number, models: ReadonlySet<string>, weight = 1 + (index % 4)): Channel {
  const id = `0190d1b0-0000-7000-8000-${String(index).padStart(12, '0')}`;
  const keys = [{ id, hint: '', config: {} }];
  const groups = new Set(['default']);
  return { id, name: id, priority: index % 3, weight, keys, models, groups, options: defaultChannelOptions } as unknown as Channel;
}

/** Selects from a list with the gateway's own health behind it, of which something is open, so that all of it is asked. */
export class Selecting {
  readonly #parts;
  readonly #hasNone: boolean;
  #number = 0;

  /** @param isBlocked of a channel, by its place in the table */
  constructor(channels: readonly Channel[] = [], isBlocked: (index: number) => boolean = () => false) {
    const values = healthSettings.schema.parse({});
    const log = createLogger('silent', { write() {} });
    const clock = { now: () => 1_000 };
    const health = new HealthBook({ settings: () => values, clock, log, channelNameOf: (id) => id });
    void health.disable('some-other-channel');
    for (const [index, { id }] of channels.entries()) if (isBlocked(index)) void health.disable(id);
    this.#hasNone = channels.length > 0 && channels.every((_, index) => isBlocked(index));
    const places = new ConversationPlaces({ now: clock.now });
    this.#parts = { health, loads: new ChannelLoads(), keyTurns: new KeyTurns(), places, random: Math.random, now: clock.now };
  }

  once(list: CandidateList, isConversation = false): void {
    const model = modelNames[0] as string;
    this.#number = (this.#number + 0x9e37_79b1) >>> 0;
    const wish: SelectionWish = isConversation
      ? { model, strategy: 'weighted', conversation: { number: this.#number, minutes: 60, loadMax: 1.25 } }
      : { model, strategy: 'weighted' };
    const chosen = new ChannelSelection(list, wish, this.#parts, new TraceWriter('weighted', list.size)).next();
    if ((chosen === undefined) !== this.#hasNone) throw new Error('Something else was chosen.');
  }
}

/** How much one selection allocates, in bytes: the least of some rounds, since whatever else the process does only adds. */
export function bytesOfSelection(list: CandidateList): number {
  const selections = 1_000;
  const selecting = new Selecting();
  const gc = collector();
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 10; round += 1) {
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < selections; index += 1) selecting.once(list);
    const grown = process.memoryUsage().heapUsed - before;
    // Less than nothing: something was collected in between.
    if (round > 2 && grown > 0) least = Math.min(least, grown / selections);
  }
  return least;
}

export function heapBytesOf(make: () => unknown): number {
  const gc = collector();
  gc();
  const before = process.memoryUsage().heapUsed;
  const made = make();
  gc();
  const bytes = process.memoryUsage().heapUsed - before;
  // Named once more, so that it is there until then.
  if (made === undefined) throw new Error('Nothing was made.');
  return bytes;
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

export function largeTableFigures(): LargeTableFigures {
  const heapBytes = heapBytesOf(() => {
    const table = largeTable();
    return [table, modelNames.map((model) => table.candidatesFor(model, 'default'))];
  });
  const table = largeTable();
  const list = table.candidatesFor(modelNames[0] as string, 'default');
  const twenty = largeTable(20).candidatesFor(modelNames[0] as string, 'default');
  return {
    channels: channelsOfLarge,
    models: modelsOfLarge,
    heapBytes,
    microsecondsOfSelection: microsecondsOf(list, false),
    microsecondsInConversation: microsecondsOf(list, true),
    microsecondsAmongTwenty: microsecondsOf(twenty, false),
    blocked: sharesBlocked.map((share) => ({ share, microseconds: microsecondsWithBlocked(table, list, share) })),
    bytesOfSelection: bytesOfSelection(list),
    bytesAmongTwenty: bytesOfSelection(twenty),
    millisecondsOfChange: millisecondsOfChange(table),
  };
}

/** As they would be spread over a fleet: not one after the other, and as many of each weight. */
function microsecondsWithBlocked(table: ChannelTable, list: CandidateList, share: number): number {
  const random = seeded(7);
  const blocked = table.channels.map(() => random() < share);
  return microsecondsOf(list, false, { selecting: new Selecting(table.channels, (index) => blocked[index] === true), selections: 500 });
}

interface SelectionRun {
  readonly selecting: Selecting;
  readonly selections: number;
}

function microsecondsOf(
  list: CandidateList,
  isConversation: boolean,
  { selecting, selections }: SelectionRun = { selecting: new Selecting(), selections: 200_000 },
): number {
  for (let index = 0; index < selections / 10; index += 1) selecting.once(list, isConversation);
  const startedAt = performance.now();
  for (let index = 0; index < selections; index += 1) selecting.once(list, isConversation);
  return ((performance.now() - startedAt) * 1_000) / selections;
}

function millisecondsOfChange(table: ChannelTable): number {
  const changes = 20;
  let current = table;
  const startedAt = performance.now();
  for (let index = 0; index < changes; index += 1) {
    const [first] = current.channels;
    if (first === undefined) throw new Error('There are no channels.');
    current = current.with([{ ...first, weight: index + 1 }], []);
    for (const model of modelNames) current.candidatesFor(model, 'default');
  }
  return (performance.now() - startedAt) / changes;
}
