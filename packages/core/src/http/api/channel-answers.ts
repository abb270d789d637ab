import { z } from 'zod';
import { pointsText } from '../../foundation/millipoints.js';
import { channelOptionShape, type StoredChannel, type StoredKey, secretOptions } from '../../modules/channels/index.js';
import { type CircuitRecord, shutReasons } from '../../modules/health/index.js';
import type { KeyBalance } from '../../modules/balances/index.js';
import type { KeyCounts } from '../../modules/key-usage/index.js';
import type { SpentCap } from '../../modules/spending/index.js';
import type { LastTest } from '../../modules/upkeep/index.js';
import { channelBalance, keyBalance, presentChannelBalance, presentKeyBalance } from './balance-answers.js';
import { points } from './endpoint.js';

/** Why something is not used now; absent where it may be. */
const shut = z
  .object({
    state: z.enum(['open', 'disabled']).meta({ title: 'It cools down, or stays out until somebody enables it or its time is over' }),
    reason: z.enum(shutReasons),
    since: z.iso.datetime(),
    until: z.iso.datetime().optional(),
    failures: z.int().meta({ title: 'In a row' }),
    trips: z.int().meta({ title: 'How often it was out without having been well for long in between' }),
    lastCode: z.string().optional().meta({ title: 'Public code of the last failure' }),
  })
  .meta({ id: 'Shut' });

const shownOptions = Object.fromEntries(Object.entries(channelOptionShape).filter(([name]) => !secretOptions.has(name)));

const usedShape = {
  served: z.int().meta({ title: 'Tries that it has answered, on all nodes, some seconds late' }),
  failed: z.int().meta({ title: 'Tries that failed; what the caller asked for wrongly counts neither way' }),
  lastUsedAt: z.iso.datetime().optional(),
  shut: shut.optional(),
  balance: keyBalance.optional().meta({ title: 'What its upstream said is left; absent as long as nobody has asked' }),
};

export const channelKey = z
  .object({
    id: z.string(),
    hint: z.string().meta({ title: 'Its first and last characters' }),
    remark: z.string().optional(),
    enabled: z.boolean(),
    createdAt: z.iso.datetime(),
    ...usedShape,
  })
  .meta({ id: 'ChannelKey' });

/** The one key in a channel's configuration, in the words of those in lists. */
const configKey = z
  .object({
    id: z.string().meta({ title: 'That of the channel: wherever a key is named by its id, this one is meant' }),
    ...usedShape,
  })
  .meta({ id: 'ConfigKey' });

const lastTest = z
  .object({
    at: z.iso.datetime(),
    ok: z.boolean(),
    model: z.string(),
    durationMs: z.number().meta({ title: 'Until the answer was whole, or had failed', unit: 'ms' }),
    firstByteMs: z.number().optional().meta({ title: 'Until its first byte', unit: 'ms' }),
    status: z.int().optional().meta({ title: 'What the upstream answered' }),
    code: z.string().optional().meta({ title: 'Public code of the failure' }),
  })
  .meta({ id: 'LastTest' });

const spentCap = z
  .object({
    spent: points,
    limit: points,
    endsAt: z.iso.datetime().meta({ title: 'When the day or month ends, and it begins again at 0' }),
  })
  .meta({ id: 'SpentCap' });

/** A channel as people see it. */
export const channel = z
  .object({
    id: z.string(),
    version: z.string().meta({ title: 'Another one after every change' }),
    name: z.string(),
    provider: z.string(),
    config: z.record(z.string(), z.unknown()).meta({ title: 'Without its secrets' }),
    secrets: z.array(z.string()).meta({ title: 'Secret fields that are set: they can be changed and never read' }),
    keyCount: z.int().meta({ title: 'Of `keys`; a key in `config` is not counted' }),
    configKey: configKey.optional().meta({ title: 'The one key in `config`; absent where there are `keys`' }),
    models: z.array(z.string()).readonly(),
    modelMapping: z.record(z.string(), z.string()).readonly(),
    groups: z.array(z.string()).readonly(),
    priority: z.int(),
    weight: z.int(),
    enabled: z.boolean(),
    options: z.object(shownOptions).meta({ title: 'What else it says, tag and remark among it' }),
    createdAt: z.iso.datetime(),
    spending: z
      .object({ day: spentCap.optional(), month: spentCap.optional() })
      .optional()
      .meta({ title: 'How much of its `spendCaps` is spent; absent where it has none' }),
    health: z.object({
      channel: shut.optional(),
      models: z.record(z.string(), shut).meta({ title: 'Models that are not used now' }),
      keys: z.int().meta({ title: 'How many keys are not used now' }),
    }),
    lastTest: lastTest.optional().meta({ title: 'Of a person or of the schedule; where several calls were made, one that failed' }),
    balance: channelBalance
      .optional()
      .meta({ title: 'What upstreams said is left for those of its keys that are enabled; absent as long as nobody has asked' }),
  })
  .meta({ id: 'Channel' });

/** What was found of a channel by asking its upstream. */
export interface ChannelNotes {
  readonly test?: LastTest | undefined;
  readonly balances: readonly KeyBalance[];
  readonly spent?: readonly SpentCap[] | undefined;
  /** Of the key in the configuration, where that is used. */
  readonly configKey?: KeyCounts | undefined;
}

/** @param circuits of any channels */
export function presentChannel(
  stored: StoredChannel,
  secretNames: readonly string[],
  circuits: readonly CircuitRecord[],
  notes: ChannelNotes | undefined,
): z.input<typeof channel> {
  const { id, version = '', name, provider, keys, models, modelMapping, groups, priority, weight, enabled, options } = stored;
  const own = circuits.filter(({ channelId }) => channelId === id);
  const whole = own.find(({ kind }) => kind === 'channel');
  const off = new Set(keys.filter((key) => !key.enabled).map((key) => key.id));
  // As lists are sorted: a key that is switched off serves nobody, and is not asked any more.
  const balance = presentChannelBalance((notes?.balances ?? []).filter(({ keyId }) => !off.has(keyId)));
  const ofModels = own.filter(({ kind }) => kind === 'model').map((record) => [record.subject, presentShut(record)] as const);
  return {
    id,
    version,
    name,
    provider,
    // A field may have become secret since it was stored.
    config: Object.fromEntries(Object.entries(stored.config).filter(([field]) => !secretNames.includes(field))),
    secrets: Object.keys(stored.secrets).map((field) => field.replace(/^@/, '')),
    keyCount: keys.length,
    ...(keys.length > 0 ? {} : { configKey: { id, ...presentUse(id, own, notes?.configKey, notes?.balances ?? []) } }),
    models,
    modelMapping,
    groups,
    priority,
    weight,
    enabled,
    options,
    createdAt: timeText(stored.createdAt),
    ...(notes?.spent === undefined ? {} : { spending: presentSpent(notes.spent) }),
    health: {
      ...(whole === undefined ? {} : { channel: presentShut(whole) }),
      models: Object.fromEntries(ofModels),
      keys: own.filter(({ kind }) => kind === 'key').length,
    },
    ...(notes?.test === undefined ? {} : { lastTest: presentLastTest(notes.test) }),
    ...(balance === undefined ? {} : { balance }),
  };
}

function presentSpent(caps: readonly SpentCap[]): z.input<typeof channel>['spending'] {
  return Object.fromEntries(
    caps.map(({ window, spent, limit, endsAt }) => [
      window,
      { spent: pointsText(spent), limit: pointsText(limit), endsAt: timeText(endsAt) },
    ]),
  );
}

function presentLastTest({ at, report }: LastTest): z.input<typeof lastTest> {
  const { ok, model, durationMs, firstByteMs, status, failure } = report;
  return {
    at: timeText(at),
    ok,
    model,
    durationMs,
    ...(firstByteMs === undefined ? {} : { firstByteMs }),
    ...(status === undefined ? {} : { status }),
    ...(failure === undefined ? {} : { code: failure.code }),
  };
}

export function presentKey(
  key: StoredKey,
  circuits: readonly CircuitRecord[],
  counts: ReadonlyMap<string, KeyCounts>,
  balances: readonly KeyBalance[],
): z.input<typeof channelKey> {
  const { id, hint, remark, enabled, createdAt } = key;
  return {
    id,
    hint,
    ...(remark === undefined ? {} : { remark }),
    enabled,
    createdAt: timeText(createdAt),
    ...presentUse(id, circuits, counts.get(id), balances),
  };
}

/** What a key has served, and what is known against it. */
function presentUse(
  id: string,
  circuits: readonly CircuitRecord[],
  count: KeyCounts | undefined,
  balances: readonly KeyBalance[],
): Omit<z.input<typeof configKey>, 'id'> {
  const record = circuits.find(({ kind, subject }) => kind === 'key' && subject === id);
  const balance = balances.find(({ keyId }) => keyId === id);
  return {
    served: count?.served ?? 0,
    failed: count?.failed ?? 0,
    ...(count === undefined ? {} : { lastUsedAt: timeText(count.lastUsedAt) }),
    ...(record === undefined ? {} : { shut: presentShut(record) }),
    ...(balance === undefined ? {} : { balance: presentKeyBalance(balance) }),
  };
}

function presentShut({ state, reason, since, until, failures, trips, lastCode }: CircuitRecord): z.input<typeof shut> {
  return {
    state,
    reason,
    since: timeText(since),
    ...(until === undefined ? {} : { until: timeText(until) }),
    failures,
    trips,
    ...(lastCode === undefined ? {} : { lastCode }),
  };
}

/** Times beyond what a date can hold are told as the last one that it can. */
function timeText(at: number): string {
  return new Date(Math.min(Math.round(at), 253_402_300_799_000)).toISOString();
}
