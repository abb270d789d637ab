import { describe, expect, it } from 'vitest';
import { candidateListOf, type Channel, defaultChannelOptions } from '../channels/index.js';
import { alwaysHealthy, type ChannelHealth } from '../health/index.js';
import { ChannelLoads } from './channel-loads.js';
import { type Candidate, ChannelSelection, type SelectionParts, type SelectionWish } from './channel-selection.js';
import { ConversationPlaces } from './conversation-places.js';
import { KeyTurns } from './key-turns.js';
import { traceOf, TraceWriter } from './routing-trace.js';

interface Made {
  readonly priority?: number;
  readonly weight?: number;
  readonly keys?: readonly string[];
  readonly costRatio?: string;
  readonly keyOrder?: 'random' | 'in-turn';
}

function channel(id: string, { priority = 0, weight = 1, keys = [id], costRatio = '1', keyOrder = 'random' }: Made = {}): Channel {
  return {
    id,
    name: id,
    priority,
    weight,
    keys: keys.map((key) => ({ id: key, hint: key, config: {} })),
    options: { ...defaultChannelOptions, costRatio, keyOrder },
  } as unknown as Channel;
}

function select(channels: readonly Channel[], wish: Partial<SelectionWish> = {}, parts: Partial<SelectionParts> = {}) {
  const list = candidateListOf([...channels].sort((one, other) => other.priority - one.priority));
  const trace = new TraceWriter(wish.strategy ?? 'weighted', list.size);
  const all: SelectionParts = {
    health: alwaysHealthy,
    loads: new ChannelLoads(),
    keyTurns: new KeyTurns(),
    places: new ConversationPlaces({ now: () => 0, placesMax: 10 }),
    random: () => 0,
    now: () => 0,
    ...parts,
  };
  const selection = new ChannelSelection(list, { model: 'm', strategy: 'weighted', ...wish }, all, trace);
  return { selection, trace: () => trace.trace, text: () => trace.text };
}

function drawAll(selection: ChannelSelection, scope: 'channel' | 'key' = 'channel'): string[] {
  const drawn: string[] = [];
  for (let next = selection.next(); next !== undefined; next = selection.next()) {
    drawn.push(scope === 'key' ? next.key.id : next.channel.id);
    selection.failed(next, scope);
  }
  return drawn;
}

/** Evenly spread numbers, so that shares come out exactly. */
function evenly(steps: number): () => number {
  let step = 0;
  return () => (step++ % steps) / steps;
}

const many = (count: number, made: Made = {}) => Array.from({ length: count }, (_, index) => channel(`c${index}`, made));

describe('selecting channels', () => {
  it('exhausts the highest priority before the next one and never repeats', () => {
    const channels = [channel('low', { weight: 100 }), channel('high-a', { priority: 5 }), channel('high-b', { priority: 5 })];
    const drawn = drawAll(select(channels, {}, { random: () => 0.99 }).selection);
    expect(drawn).toHaveLength(3);
    expect(drawn[2]).toBe('low');
    expect(new Set(drawn).size).toBe(3);
  });

  it('finds another channel beside one that is being asked, which is left its turn if it fails with one key', () => {
    const channels = [channel('asked', { priority: 5, keys: ['k1', 'k2'] }), channel('other')];
    const { selection, trace } = select(channels);
    const asked = selection.next() as Candidate;
    const beside = selection.beside(asked, 70) as Candidate;
    expect([asked.channel.id, beside.channel.id]).toEqual(['asked', 'other']);
    expect(trace().choices.map(({ hedgeAfterMs }) => hedgeAfterMs)).toEqual([undefined, 70]);
    selection.failed(beside, 'channel');
    selection.failed(asked, 'key');
    expect(drawAll(selection)).toEqual(['asked']);
  });

  it('finds another key beside one that is being asked where there is no other channel, and nothing where there is no other key', () => {
    const keyed = select([channel('asked', { keys: ['k1', 'k2'] })]).selection;
    const asked = keyed.next() as Candidate;
    expect(keyed.beside(asked, 70)?.key.id).not.toBe(asked.key.id);
    const single = select([channel('asked')]).selection;
    expect(single.beside(single.next() as Candidate, 70)).toBeUndefined();
  });

  it('shares first places by weight, among few and among many', () => {
    const random = evenly(400);
    const few = [channel('three', { weight: 3 }), channel('one')];
    const firsts = Array.from({ length: 400 }, () => select(few, {}, { random }).selection.next()?.channel.id);
    expect(firsts.filter((id) => id === 'three')).toHaveLength(300);
    const heavy = [channel('heavy', { weight: 100 }), ...many(100)];
    const drawn = Array.from({ length: 400 }, () => select(heavy, {}, { random }).selection.next()?.channel.id);
    expect(drawn.filter((id) => id === 'heavy')).toHaveLength(200);
  });

  it('keeps weight 0 for when no other is left, and draws evenly where all weights are 0', () => {
    for (const point of [0, 0.5, 0.999])
      expect(drawAll(select([channel('spare', { weight: 0 }), channel('main')], {}, { random: () => point }).selection)).toEqual([
        'main',
        'spare',
      ]);
    const none = [channel('a', { weight: 0 }), channel('b', { weight: 0 })];
    expect(select(none, {}, { random: () => 0 }).selection.next()?.channel.id).toBe('a');
    expect(select(none, {}, { random: () => 0.9 }).selection.next()?.channel.id).toBe('b');
  });

  it('finds the only usable one among many', () => {
    const health: ChannelHealth = {
      ...alwaysHealthy,
      channelBlocked: (id) => (id === 'c77' ? undefined : { reason: 'cooling-down', until: 9 }),
    };
    const { selection, trace } = select(many(100), {}, { health, random: () => 0.5 });
    expect(drawAll(selection)).toEqual(['c77']);
    expect(trace().skipped).toHaveLength(20);
    expect(trace().skippedMore).toBe(true);
    expect(trace().choices).toEqual([{ channelId: 'c77', keyId: 'c77', by: 'weighted', priority: 0, among: 1 }]);
  });

  it('gives a channel less where its health is worth less', () => {
    const health: ChannelHealth = { ...alwaysHealthy, worth: (id) => (id === 'ill' ? 0.25 : 1) };
    const random = evenly(500);
    const firsts = Array.from(
      { length: 500 },
      () => select([channel('ill'), channel('well')], {}, { health, random }).selection.next()?.channel.id,
    );
    expect(firsts.filter((id) => id === 'ill')).toHaveLength(100);
  });

  it('goes on to the other keys of a channel when one is refused, and not when the channel itself fails', () => {
    const keyed = channel('keyed', { keys: ['k1', 'k2', 'k3'], keyOrder: 'in-turn' });
    expect(drawAll(select([keyed]).selection, 'key')).toEqual(['k1', 'k2', 'k3']);
    expect(drawAll(select([keyed]).selection, 'channel')).toEqual(['keyed']);
  });

  it('takes keys in turn, and passes over those that cool down', () => {
    const keyed = channel('keyed', { keys: ['k1', 'k2', 'k3'], keyOrder: 'in-turn' });
    const keyTurns = new KeyTurns();
    const first = (parts: Partial<SelectionParts> = {}): Candidate | undefined =>
      select([keyed], {}, { keyTurns, ...parts }).selection.next();
    expect([first(), first(), first(), first()].map((candidate) => candidate?.key.id)).toEqual(['k1', 'k2', 'k3', 'k1']);
    const health: ChannelHealth = { ...alwaysHealthy, keyBlocked: (id) => (id === 'k2' ? { reason: 'cooling-down' } : undefined) };
    expect(first({ health })?.key.id).toBe('k3');
  });

  describe('in a conversation', () => {
    const conversation = { number: 0x1234_5678, minutes: 10, loadMax: 1.25 };
    const noChance = (): never => {
      throw new Error('Nothing is left to chance.');
    };
    const first = (channels: readonly Channel[], number: number, parts: Partial<SelectionParts> = {}) =>
      select(channels, { conversation: { ...conversation, number } }, { random: noChance, ...parts }).selection.next();
    const numbers = Array.from({ length: 4_000 }, (_, index) => Math.imul(index, 0x9e37_79b1) >>> 0);

    it('stays with the channel and the key that answered, once, and yields when they cannot be used', () => {
      const channels = [channel('a'), channel('b', { keys: ['b1', 'b2'] }), channel('c')];
      const places = new ConversationPlaces({ now: () => 0 });
      places.remember(conversation.number, 'b', 'b2', 10);
      const { selection, trace } = select(channels, { conversation }, { places });
      const stayed = selection.next() as Candidate;
      expect([stayed.channel.id, stayed.key.id]).toEqual(['b', 'b2']);
      selection.failed(stayed, 'channel');
      const second = selection.next() as Candidate;
      selection.answered(second, true);
      expect(trace().choices.map(({ by }) => by)).toEqual(['sticky', 'weighted']);
      expect(places.of(conversation.number)?.channelId).toBe(second.channel.id);
      places.remember(conversation.number, 'b', 'b2', 10);
      const without = (id: string): ChannelHealth => ({
        ...alwaysHealthy,
        channelBlocked: (channelId) => (channelId === id ? { reason: 'disabled' } : undefined),
        keyBlocked: (keyId) => (keyId === id ? { reason: 'disabled' } : undefined),
      });
      expect(select(channels, { conversation }, { places, health: without('b') }).selection.next()?.channel.id).not.toBe('b');
      expect(select(channels, { conversation }, { places, health: without('b2') }).selection.next()?.key.id).toBe('b1');
    });

    it('goes by chance after an answer that broke off, and stays where it is answered then', () => {
      const channels = many(2);
      const places = new ConversationPlaces({ now: () => 0, placesMax: 10 });
      const next = (point: number) => select(channels, { conversation }, { places, random: () => point }).selection;
      const broken = next(0);
      const home = broken.next() as Candidate;
      broken.answered(home, false);
      const elsewhere = home.channel.id === 'c0' ? 0.9 : 0.1;
      const second = next(elsewhere);
      const refuge = second.next() as Candidate;
      expect(refuge.channel.id).not.toBe(home.channel.id);
      second.answered(refuge, true);
      expect(next(1 - elsewhere).next()?.channel.id).toBe(refuge.channel.id);
    });

    it('goes to a higher priority, and with the strategy to what is cheaper, before it stays', () => {
      const places = new ConversationPlaces({ now: () => 0 });
      places.remember(conversation.number, 'b', 'b', 10);
      const ordered = [channel('a', { priority: 1 }), channel('b'), channel('c')];
      expect(drawAll(select(ordered, { conversation }, { places }).selection)).toEqual(['a', 'b', 'c']);
      const priced = [channel('a', { costRatio: '0.5' }), channel('b'), channel('c')];
      expect(drawAll(select(priced, { conversation, strategy: 'cheapest' }, { places }).selection)).toEqual(['a', 'b', 'c']);
    });

    it('goes the same way on every node, by weight, among few and among many', () => {
      for (const channels of [
        [channel('three', { weight: 3 }), channel('one')],
        [channel('three', { weight: 300 }), ...many(100)],
      ]) {
        const firsts = numbers.map((number) => first(channels, number)?.channel.id);
        expect(numbers.map((number) => first(channels, number)?.channel.id)).toEqual(firsts);
        expect(Math.abs(firsts.filter((id) => id === 'three').length / numbers.length - 0.75)).toBeLessThan(0.02);
      }
    });

    it('moves no more than it must when a channel comes or goes', () => {
      const channels = many(10);
      const moved = (after: readonly Channel[], parts: Partial<SelectionParts> = {}) =>
        numbers.flatMap((number) => {
          const [from, to] = [first(channels, number)?.channel.id, first(after, number, parts)?.channel.id];
          return from === to ? [] : [{ from, to }];
        });
      const come = moved([...channels, channel('new')]);
      expect(come.every(({ to }) => to === 'new')).toBe(true);
      expect(come.length / numbers.length).toBeLessThan(0.12);
      const health: ChannelHealth = { ...alwaysHealthy, channelBlocked: (id) => (id === 'c3' ? { reason: 'cooling-down' } : undefined) };
      const gone = moved(channels, { health });
      expect(gone.every(({ from }) => from === 'c3')).toBe(true);
    });

    it('has its key as it has its channel, whichever way keys take turns', () => {
      const keyed = channel('keyed', { keys: ['k1', 'k2', 'k3'], keyOrder: 'in-turn' });
      const keys = numbers.map((number) => first([keyed], number)?.key.id);
      expect(numbers.map((number) => first([keyed], number)?.key.id)).toEqual(keys);
      for (const key of ['k1', 'k2', 'k3']) expect(keys.filter((id) => id === key).length).toBeGreaterThan(numbers.length / 4);
    });

    it('yields to chance where its channel has too many calls for its weight', () => {
      const channels = many(2);
      const loads = new ChannelLoads();
      const firsts = Array.from({ length: 100 }, (_, index) => {
        const chosen = first(channels, conversation.number, { loads, random: () => (index % 10) / 10 });
        loads.begin(loads.of(chosen?.channel.id ?? ''));
        return chosen?.channel.id;
      });
      const [home] = firsts;
      const atHome = firsts.filter((id) => id === home).length;
      // Eight calls at once overload nothing; then five eighths stay at home.
      expect(new Set(firsts.slice(0, 8))).toEqual(new Set([home]));
      expect(atHome).toBeGreaterThan(50);
      expect(atHome).toBeLessThan(75);
    });
  });

  it('knows the quickest, the least busy and the cheapest', () => {
    const loads = new ChannelLoads();
    loads.measured(loads.of('a'), 'm', 500);
    loads.measured(loads.of('b'), 'm', 90);
    loads.begin(loads.of('b'));
    const channels = [channel('a', { costRatio: '0.5' }), channel('b', { costRatio: '0.9' })];
    const first = (strategy: SelectionWish['strategy']) =>
      select(channels, { strategy }, { loads, random: () => 0.99 }).selection.next()?.channel.id;
    expect([first('least-latency'), first('least-busy'), first('cheapest')]).toEqual(['b', 'a', 'a']);
    expect(drawAll(select(channels, { strategy: 'cheapest' }).selection)).toEqual(['a', 'b']);
  });

  it('lets one call alone probe a channel that has cooled down', () => {
    let free = true;
    const health: ChannelHealth = { ...alwaysHealthy, beginProbe: (id) => id !== 'a' || (free && !(free = false)) };
    const firsts = [1, 2].map(() => select([channel('a', { priority: 1 }), channel('b')], {}, { health }).selection.next()?.channel.id);
    expect(firsts).toEqual(['a', 'b']);
  });

  it('gives a probe back where the channel turns out not to suit the call', () => {
    const abandoned: unknown[] = [];
    const health: ChannelHealth = { ...alwaysHealthy, abandon: (place, startedAt) => abandoned.push([place, startedAt]) };
    const { selection } = select([channel('a', { keys: ['a1'] })], {}, { health, now: () => 7 });
    selection.passOver(selection.next() as Candidate, 'vetoed');
    expect(abandoned).toEqual([[{ channelId: 'a', keyId: 'a1', model: 'm' }, 7]]);
  });

  it('keeps why in a few bytes, and reads it again', () => {
    const only = select([channel('a')]);
    only.selection.next();
    expect(only.text()).toBe('["only","a",null]');
    expect(traceOf(only.text()).choices).toEqual([{ channelId: 'a', keyId: 'a', by: 'only' }]);
    for (const strategy of ['weighted', 'least-busy'] as const) {
      const one = select([channel('a', { keys: ['a1', 'a2'] }), channel('b')], { strategy });
      one.selection.next();
      expect(traceOf(one.text())).toEqual(one.trace());
    }
    const health: ChannelHealth = {
      ...alwaysHealthy,
      channelBlocked: (id) => (id === 'b' ? { reason: 'cooling-down', until: 9 } : undefined),
      keyBlocked: (id) => (id === 'a1' ? { reason: 'disabled' } : undefined),
    };
    const { selection, trace, text } = select(
      [channel('a', { keys: ['a1', 'a2'] }), channel('b'), channel('c')],
      { strategy: 'least-busy' },
      { health },
    );
    drawAll(selection);
    expect(trace().skipped).toHaveLength(2);
    expect(traceOf(text())).toEqual(trace());
  });

  it('knows how soon a channel can be asked when none may be asked now', () => {
    const untilOf = (id: string): number | undefined => ({ a: 900, b: 300 })[id];
    const blockedBy = (until: (id: string) => number | undefined): ChannelHealth => ({
      ...alwaysHealthy,
      channelBlocked: (id) => {
        const at = until(id);
        return at === undefined ? { reason: 'disabled' } : { reason: 'cooling-down', until: at };
      },
    });
    const soonest = (health: ChannelHealth): number | undefined => {
      const { selection } = select([channel('a'), channel('b'), channel('c')], {}, { health, now: () => 100 });
      expect(selection.next()).toBeUndefined();
      return selection.soonestMs;
    };
    expect(soonest(blockedBy(untilOf))).toBe(200);
    expect(soonest(blockedBy(() => undefined))).toBe(Number.POSITIVE_INFINITY);
    expect(soonest({ ...alwaysHealthy, channelBlocked: () => ({ reason: 'probing' }) })).toBe(1_000);
    const { selection } = select([channel('a')]);
    selection.failed(selection.next() as Candidate, 'channel');
    expect([selection.next(), selection.soonestMs]).toEqual([undefined, undefined]);
  });
});
