import type { Balance, BalanceAmount } from '@tollgate/plugin-kit';
import type { Clock } from '../../foundation/clock.js';
import { type BalanceFailure, type KeyBalance, readKeyBalances, writeKeyBalances } from '../balances/index.js';
import { type Channel, type ChannelKey, knownChannel, lockChannel, type StoredChannel } from '../channels/index.js';
import { type ChannelOpener, openedFrom } from './opened-channel.js';
import { NoBalanceError } from './upkeep-errors.js';
import { type Answered, askUpstream, type UpstreamAsker } from './upstream-question.js';

export interface ChannelBalancesDoors extends ChannelOpener, UpstreamAsker {
  readonly clock: Clock;
}

/** What one key was found to have. */
export interface AskedBalance extends KeyBalance {
  readonly keyHint: string;
}

export interface AskedBalances {
  readonly keys: readonly AskedBalance[];
  /** How many keys were left for another time: those that were asked latest. */
  readonly notAsked: number;
}

export interface BalanceChoice {
  /** A key that is meant even if it is disabled; left out: all that are enabled. */
  readonly keyId?: string | undefined;
  /** At most so many keys are asked. */
  readonly keysMax?: number | undefined;
  /** Ends it: what was asked until then is kept. */
  readonly signal?: AbortSignal | undefined;
}

const keysAtOnce = 4;
/** So many are kept in one go: what a node that is killed has not kept is asked again. */
const keysOfGo = 20;
const amountsMax = 16;

/** Asks upstreams what is left for the keys of channels, and remembers it. What they say changes nothing else: no channel is disabled by it. */
export class ChannelBalances {
  readonly #doors: ChannelBalancesDoors;

  constructor(doors: ChannelBalancesDoors) {
    this.#doors = doors;
  }

  /**
   * What was found is kept as it comes, unless somebody has changed the channel meanwhile: it may be that of another upstream than the channel's now.
   * @throws ChannelNotFoundError, ChannelKeyNotFoundError, ChannelUnusableError, NoBalanceError, StorageUnavailableError
   */
  async refresh(channelId: string, { keyId, keysMax = Number.POSITIVE_INFINITY, signal }: BalanceChoice = {}): Promise<AskedBalances> {
    const { database } = this.#doors;
    const stored = await knownChannel(database.knex, channelId);
    const channel = openedFrom(this.#doors, stored, keyId);
    if (channel.adapter.balance === undefined) throw new NoBalanceError(channel.name, channel.adapter.id);
    const known = (await readKeyBalances(database.knex, [channelId])).get(channelId) ?? [];
    const before = new Map(known.map((balance) => [balance.keyId, balance]));
    const meant = longestUnasked(channel.keys, before);
    const asked: AskedBalance[] = [];
    for (let start = 0; start < Math.min(meant.length, keysMax); start += keysOfGo) {
      const found = await this.#askSome(channel, meant.slice(start, Math.min(start + keysOfGo, keysMax)), before, signal);
      await this.#keep(stored, found);
      asked.push(...found);
      if (signal?.aborted) break;
    }
    return { keys: asked, notAsked: meant.length - asked.length };
  }

  async #keep(stored: StoredChannel, found: readonly AskedBalance[]): Promise<void> {
    const { database, log } = this.#doors;
    await database.write(async (transaction) => {
      // Whoever changes or deletes it comes before the look at its version, or after what is written.
      if (!(await lockChannel(transaction, stored.id))) return;
      const { version } = await knownChannel(transaction, stored.id);
      if (version === stored.version) await writeKeyBalances(transaction, stored.id, found);
    });
    for (const { keyHint, failure } of found)
      if (failure !== undefined) log.warn({ channel: stored.name, keyHint, code: failure.code }, 'An upstream does not say what is left');
  }

  async #askSome(
    channel: Channel,
    keys: readonly ChannelKey[],
    before: ReadonlyMap<string, KeyBalance>,
    signal?: AbortSignal,
  ): Promise<readonly AskedBalance[]> {
    const { clock } = this.#doors;
    const found = new Map<string, AskedBalance>();
    const waiting = [...keys];
    const askNext = async (): Promise<void> => {
      for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
        const answered = await askedBalance(this.#doors, channel, key, signal);
        // One that was broken off says nothing of the upstream.
        if (signal?.aborted) return;
        found.set(key.id, balanceOf(key, answered, clock.now(), before.get(key.id)));
      }
    };
    await Promise.all(Array.from({ length: keysAtOnce }, askNext));
    return keys.flatMap(({ id }) => found.get(id) ?? []);
  }
}

/** Those that were never asked first. */
function longestUnasked(keys: readonly ChannelKey[], known: ReadonlyMap<string, KeyBalance>): readonly ChannelKey[] {
  const at = ({ id }: ChannelKey): number => known.get(id)?.askedAt ?? Number.NEGATIVE_INFINITY;
  return keys.toSorted((one, other) => (at(one) === at(other) ? 0 : at(one) < at(other) ? -1 : 1));
}

function balanceOf({ id, hint }: ChannelKey, answered: Answered<Balance>, askedAt: number, before: KeyBalance | undefined): AskedBalance {
  const asked = { keyId: id, keyHint: hint, askedAt };
  if ('answer' in answered) return { ...asked, stated: { at: askedAt, balance: answered.answer } };
  const { code, message, status } = answered.failure;
  const failure: BalanceFailure = { code, message, ...(status === undefined ? {} : { status }) };
  return { ...asked, ...(before?.stated === undefined ? {} : { stated: before.stated }), failure };
}

async function askedBalance(asker: UpstreamAsker, channel: Channel, key: ChannelKey, signal?: AbortSignal): Promise<Answered<Balance>> {
  const question = channel.adapter.balance as NonNullable<typeof channel.adapter.balance>;
  const answered = await askUpstream(asker, {
    channel,
    key,
    requests: () => question.requests(key.config),
    read: (bodies) => checkedBalance(question.read(bodies, key.config)),
    signal,
  });
  if ('failure' in answered) return { failure: answered.failure };
  return answered.answer === undefined
    ? { failure: { code: 'upstream_bad_answer', message: 'The upstream does not say what is left.' } }
    : { answer: answered.answer };
}

/** What upstreams say is as untrusted as how plugins read it. */
function checkedBalance(balance: Balance | undefined): Balance | undefined {
  if (balance === undefined) return undefined;
  const { amounts, unlimited } = balance;
  if (unlimited === true) return { amounts: [], unlimited };
  if (amounts.length === 0 || amounts.length > amountsMax || !amounts.every(isAmount)) return undefined;
  return { amounts: amounts.map(({ micros, currency }) => ({ micros, currency })) };
}

function isAmount({ micros, currency }: BalanceAmount): boolean {
  return Number.isSafeInteger(micros) && /^[A-Z]{3}$/.test(currency);
}
