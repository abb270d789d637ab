import type { Channel } from '../modules/channels/index.js';
import type { Blocked, ChannelHealth } from '../modules/health/index.js';
import { KeyTurns, type RoutingStrategy, routingSettings, type RoutingTrace, type SelectionParts } from '../modules/routing/index.js';
import type { Settings } from '../modules/settings/index.js';
import type { CallSelections } from './call-selections.js';
import type { ServedDialect } from './relay-call.js';
import { relaySettings } from './relay-settings.js';
import { type Lane, routeTo } from './route.js';
import { selectedConversation } from './selected-conversation.js';

/** A call as somebody thinks of it. */
export interface HypotheticalCall {
  readonly model: string;
  /** Those that it would go through, in their order. */
  readonly groups: readonly string[];
  readonly dialect: ServedDialect;
  /** Whose it would be; conversations are told apart by it. */
  readonly userId: string;
  readonly promptCacheKey: string | undefined;
}

/** How one channel stands that offers the model. */
export interface SimulatedCandidate {
  readonly channel: Channel;
  readonly group: string;
  readonly strategy: RoutingStrategy;
  /** How its language would be reached; undefined where it has none for such a call. */
  readonly lane: Lane | undefined;
  readonly blocked: Blocked | undefined;
  readonly keys: number;
  readonly keysBlocked: number;
  /** From above 0 to 1: what its recent failures leave of its weight. */
  readonly health: number;
  /** At once, on this node. */
  readonly calls: number;
  readonly firstByteMs: number | undefined;
}

export interface SimulatedRouting {
  /** Of groups in their order, highest priority first; not more than a page can show. */
  readonly candidates: readonly SimulatedCandidate[];
  /** As a receipt would have it if every attempt failed. */
  readonly trace: RoutingTrace;
}

export interface RoutingSimulatorDoors {
  readonly settings: Settings;
  readonly selections: CallSelections;
  readonly parts: SelectionParts;
}

const candidatesMax = 500;

/** Says where a call would go, by the code that decides it, and changes nothing: no probe is begun and no key takes its turn. */
export class RoutingSimulator {
  readonly #doors: RoutingSimulatorDoors;

  constructor(doors: RoutingSimulatorDoors) {
    this.#doors = doors;
  }

  simulate(call: HypotheticalCall): SimulatedRouting {
    const { selections, parts } = this.#doors;
    const offers = selections.offersFor(call.model, call.groups);
    if (offers.length === 0) return { candidates: [], trace: { strategy: 'weighted', candidates: 0, choices: [], skipped: [] } };
    const candidates = offers.flatMap(({ group, list }) => {
      const strategy = selections.strategyIn(group, call.model);
      return list.levels.flatMap(({ channels }) => channels.map((channel) => this.#candidateOf(channel, group, strategy, call)));
    });
    const trace = selections.traceOf(call.model, offers);
    const facts = { conversation: () => this.#conversationOf(call), isBound: false };
    const selection = selections.selectionOf(call.model, offers, facts, trace, lookingOnly(parts));
    for (let tries = 0; tries < this.#doors.settings.current(relaySettings).attemptsMax; ) {
      const candidate = selection.next();
      if (candidate === undefined) break;
      if (routeTo(candidate, asked(call), 1) === undefined) selection.passOver(candidate, 'no-such-operation');
      else {
        selection.failed(candidate, 'channel');
        tries += 1;
      }
    }
    return { candidates: candidates.slice(0, candidatesMax), trace: trace.trace };
  }

  #conversationOf({ userId, model, promptCacheKey, dialect }: HypotheticalCall) {
    if (promptCacheKey === undefined) return undefined;
    const facts = { model, stream: false, promptCacheKey };
    const call = { principal: { userId }, facts, session: undefined, body: Buffer.alloc(0), json: {}, dialect };
    return selectedConversation(call, this.#doors.settings.current(routingSettings));
  }

  #candidateOf(channel: Channel, group: string, strategy: RoutingStrategy, call: HypotheticalCall): SimulatedCandidate {
    const { parts } = this.#doors;
    const { health, loads } = parts;
    const now = parts.now();
    const [key] = channel.keys;
    return {
      channel,
      group,
      strategy,
      lane: key && routeTo({ channel, key }, asked(call), 1)?.lane,
      blocked: health.channelBlocked(channel.id, call.model, now),
      keys: channel.keys.length,
      keysBlocked: channel.keys.filter(({ id }) => health.keyBlocked(id, now) !== undefined).length,
      health: health.worth(channel.id, call.model),
      calls: loads.callsAt(channel.id),
      firstByteMs: loads.firstByteMsAt(channel.id, call.model),
    };
  }
}

function asked({ model, dialect }: HypotheticalCall): Parameters<typeof routeTo>[1] {
  return { facts: { model, stream: false }, dialect };
}

/** The same surroundings for somebody who only looks. */
function lookingOnly(parts: SelectionParts): SelectionParts {
  const { health } = parts;
  const lookedAt: ChannelHealth = {
    channelBlocked: (...place) => health.channelBlocked(...place),
    keyBlocked: (...place) => health.keyBlocked(...place),
    worth: (...place) => health.worth(...place),
    beginProbe: () => true,
    report: () => undefined,
    abandon: () => undefined,
  };
  return { ...parts, health: lookedAt, keyTurns: new KeyTurns() };
}
