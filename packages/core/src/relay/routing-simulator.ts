import { GatewayError, StorageUnavailableError } from '../foundation/errors.js';
import type { Channel } from '../modules/channels/index.js';
import type { Blocked, ChannelHealth } from '../modules/health/index.js';
import { type ModelDirectory, ModelNotFoundError } from '../modules/models/index.js';
import type { ResourceDirectory } from '../modules/resources/index.js';
import {
  type Candidate,
  KeyTurns,
  type NoRoom,
  type RoutingStrategy,
  routingSettings,
  type RoutingTrace,
  type SelectionParts,
} from '../modules/routing/index.js';
import type { Settings } from '../modules/settings/index.js';
import type { GroupOffer, Selection } from './auto-selection.js';
import { bindingOf } from './bound-channel.js';
import { boundTo } from './bound-offer.js';
import type { CallSelections } from './call-selections.js';
import { type ChannelLookDoors, isBounded, lookForRooms } from './channel-room.js';
import type { RelayCall } from './relay-call.js';
import { NoChannelError } from './relay-errors.js';
import { relaySettings } from './relay-settings.js';
import { type Lane, routeTo } from './route.js';
import { selectedConversation } from './selected-conversation.js';

/** A call as somebody thinks of it. */
export interface HypotheticalCall extends Pick<RelayCall, 'dialect' | 'facts' | 'session' | 'body' | 'json'> {
  /** What its caller goes through, as its token names it. */
  readonly group: string;
  /** Those that it would go through, in their order. */
  readonly groups: readonly string[];
  /** Whose it would be; conversations are told apart by it. */
  readonly userId: string;
  /** What limits of tokens would count for it. */
  readonly tokens: number;
}

/** How one channel stands that offers the model. */
export interface SimulatedCandidate {
  readonly channel: Channel;
  readonly group: string;
  readonly strategy: RoutingStrategy;
  /** How its language would be reached; undefined where it has none for such a call. */
  readonly lane: Lane | undefined;
  readonly blocked: Blocked | undefined;
  /** Why it has no room, with any of the keys that were looked at. */
  readonly full: NoRoom | undefined;
  readonly keys: number;
  readonly keysBlocked: number;
  /** From above 0 to 1: what its recent failures leave of its weight. */
  readonly health: number;
  /** At once, on this node. */
  readonly calls: number;
  readonly firstByteMs: number | undefined;
}

export interface SimulatedRouting {
  /** False where the model is switched off in the catalogue. */
  readonly enabled: boolean;
  /** What its caller would be told at once; then it goes nowhere. */
  readonly refused: GatewayError | undefined;
  /** Of groups in their order, highest priority first; not more than a page can show. */
  readonly candidates: readonly SimulatedCandidate[];
  /** As a receipt would have it if every attempt failed. */
  readonly trace: RoutingTrace;
}

export interface RoutingSimulatorDoors extends ChannelLookDoors {
  readonly models: Pick<ModelDirectory, 'find'>;
  readonly resources: Pick<ResourceDirectory, 'find'>;
  readonly settings: Settings;
  readonly selections: CallSelections;
  readonly parts: SelectionParts;
}

const candidatesMax = 500;
/** Of one channel whose keys have limits of their own. */
const keysLookedAtMax = 20;
const nowhere = { candidates: [], trace: { strategy: 'weighted', candidates: 0, choices: [], skipped: [] } } as const;

/** Says where a call would go, by the code that decides it, and changes nothing: no probe is begun, no key takes its turn and no limit counts it. */
export class RoutingSimulator {
  readonly #doors: RoutingSimulatorDoors;

  constructor(doors: RoutingSimulatorDoors) {
    this.#doors = doors;
  }

  /** @throws StorageUnavailableError */
  async simulate(call: HypotheticalCall): Promise<SimulatedRouting> {
    const { model } = call.facts;
    const enabled = this.#doors.models.find(model)?.enabled !== false;
    try {
      if (!enabled) throw new ModelNotFoundError(model);
      return { enabled, refused: undefined, ...(await this.#routed(call)) };
    } catch (error) {
      if (!(error instanceof GatewayError) || error instanceof StorageUnavailableError) throw error;
      return { enabled, refused: error, ...nowhere };
    }
  }

  async #routed(call: HypotheticalCall): Promise<Pick<SimulatedRouting, 'candidates' | 'trace'>> {
    const { selections, parts, resources, settings } = this.#doors;
    const { model, refersTo } = call.facts;
    const offered = selections.offersFor(model, call.groups);
    if (offered.length === 0) throw new NoChannelError(model, call.group);
    const binding = refersTo === undefined ? undefined : await bindingOf(resources, call.userId, refersTo);
    const offers = binding === undefined ? offered : [boundTo(binding, offered, call)];
    const candidates = await this.#candidatesOf(offers, call);
    const trace = selections.traceOf(model, offers);
    const principal = { userId: call.userId };
    const conversation = () => selectedConversation({ ...call, principal }, settings.current(routingSettings));
    const facts = { conversation, isBound: binding !== undefined };
    await this.#tryAll(call, selections.selectionOf(model, offers, facts, trace, lookingOnly(parts)));
    return { candidates, trace: trace.trace };
  }

  /** As if every attempt failed. */
  async #tryAll(call: HypotheticalCall, selection: Selection): Promise<void> {
    const { attemptsMax } = this.#doors.settings.current(relaySettings);
    for (let tries = 0, looks = 0; tries < attemptsMax && looks < candidatesMax; looks += 1) {
      const candidate = selection.next();
      if (candidate === undefined) return;
      if (routeTo(candidate, call, 1) === undefined) {
        selection.passOver(candidate, 'no-such-operation');
        continue;
      }
      const [full] = isBounded(candidate.channel) ? await this.#roomsAt([candidate], call) : [];
      if (full !== undefined) selection.full(candidate, full);
      else {
        selection.failed(candidate, 'channel');
        tries += 1;
      }
    }
  }

  async #candidatesOf(offers: readonly GroupOffer[], call: HypotheticalCall): Promise<readonly SimulatedCandidate[]> {
    const { selections } = this.#doors;
    const found = offers
      .flatMap(({ group, list }) => {
        const strategy = selections.strategyIn(group, call.facts.model);
        return list.levels.flatMap(({ channels }) => channels.map((channel) => ({ channel, group, strategy })));
      })
      .slice(0, candidatesMax);
    const places = found.map(({ channel }) => this.#boundedPlaces(channel));
    const rooms = [...(await this.#roomsAt(places.flat(), call))];
    return found.map(({ channel, group, strategy }, index) => {
      const ofChannel = rooms.splice(0, places[index]?.length);
      const full = ofChannel.every((room) => room !== undefined)
        ? ofChannel.toSorted((one, other) => one.until - other.until)[0]
        : undefined;
      return { ...this.#standingOf(channel, group, strategy, call), full };
    });
  }

  /** With which of its keys room is looked for: where only the channel is bounded, each has the same. */
  #boundedPlaces(channel: Channel): readonly Candidate[] {
    if (!isBounded(channel)) return [];
    const { health, now } = this.#doors.parts;
    const free = channel.keys.filter(({ id }) => health.keyBlocked(id, now()) === undefined);
    return free.slice(0, channel.options.keyLimits === undefined ? 1 : keysLookedAtMax).map((key) => ({ channel, key }));
  }

  #roomsAt(candidates: readonly Candidate[], { tokens }: HypotheticalCall): Promise<readonly (NoRoom | undefined)[]> {
    return lookForRooms(this.#doors, candidates, tokens, this.#doors.parts.now());
  }

  #standingOf(channel: Channel, group: string, strategy: RoutingStrategy, call: HypotheticalCall): Omit<SimulatedCandidate, 'full'> {
    const { parts } = this.#doors;
    const { health, loads } = parts;
    const now = parts.now();
    const { model } = call.facts;
    const [key] = channel.keys;
    return {
      channel,
      group,
      strategy,
      lane: key && routeTo({ channel, key }, call, 1)?.lane,
      blocked: health.channelBlocked(channel.id, model, now),
      keys: channel.keys.length,
      keysBlocked: channel.keys.filter(({ id }) => health.keyBlocked(id, now) !== undefined).length,
      health: health.worth(channel.id, model),
      calls: loads.callsAt(channel.id),
      firstByteMs: loads.firstByteMsAt(channel.id, model),
    };
  }
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
