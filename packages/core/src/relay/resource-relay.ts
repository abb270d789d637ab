import type { ListingRoute, MakingRoute, ReachingRoute, ResourceName, ResourceReference, Verdict } from '@tollgate/plugin-kit';
import { verdictForKind } from '@tollgate/plugin-kit';
import type { Logger } from '../foundation/logger.js';
import {
  NoPlaceError,
  ReferencesApartError,
  type ResourceDirectory,
  type ResourceHome,
  ResourceNotFoundError,
  ResourceUnreachableError,
} from '../modules/resources/index.js';
import { ledgerSettings } from '../modules/ledger/index.js';
import type { Settings } from '../modules/settings/index.js';
import { areApart, type Binding, bindingOf, homeAt } from './bound-channel.js';
import type { ClientReply } from './client-reply.js';
import { estimateBodyTokens } from './estimate-tokens.js';
import { withTokens } from './kept-tokens.js';
import { isMissing, keysAskedMax, OwnerSearch } from './owner-search.js';
import { AccountNotFoundYetError, UpstreamFailedError } from './relay-errors.js';
import { relaySettings } from './relay-settings.js';
import { filledPath, type ResourceCall } from './resource-call.js';
import { ResourcePlaces, type ResourcePlacesDoors } from './resource-places.js';
import {
  attemptPlaceOf,
  type ResourceOutcome,
  type ResourcePlace,
  type ResourceRequest,
  ResourceSender,
  type ResourceSenderTools,
  type WholeResourceAnswer,
} from './resource-sender.js';
import { usualScale } from './token-families.js';
import { poolsOf, type UpstreamPools } from './upstream-pools.js';

export interface ResourceRelayDoors extends ResourcePlacesDoors, Pick<ResourceSenderTools, 'ioOf' | 'userAgent'> {
  readonly settings: Settings;
  readonly resources: ResourceDirectory;
  readonly log: Logger;
}

/** Requests of a list for its items that run at the same time. */
const listedTogether = 8;

/** Requests for what lives at an upstream: passed to the channel that has it, with that channel's own credentials. Nothing is paid. */
export class ResourceRelay {
  readonly #doors: ResourceRelayDoors;
  readonly #pools: UpstreamPools;
  readonly #places: ResourcePlaces;
  readonly #sender: ResourceSender;

  constructor(doors: ResourceRelayDoors) {
    this.#doors = doors;
    this.#pools = poolsOf(doors.log);
    this.#places = new ResourcePlaces(doors);
    this.#sender = new ResourceSender({
      ...doors,
      pools: this.#pools,
      settings: () => doors.settings.current(relaySettings),
      fault: (error, channel) => doors.log.error({ err: error, channel: channel.name }, 'An adapter failed'),
    });
  }

  /**
   * Answers the request, or throws what the caller shall be told instead.
   * @throws GroupNotAllowedError, ResourceNotFoundError, ResourceUnreachableError, ResourceAccountGoneError, ReferenceNotFoundError, ReferencesApartError, AccountNotFoundYetError,
   * NoPlaceError, PlaceUnavailableError, UpstreamFailedError, BadRequestError, StorageUnavailableError
   */
  async run(call: ResourceCall, reply: ClientReply): Promise<void> {
    const { route } = call;
    if (route.does === 'list') await this.#list(call, route, reply);
    else if (route.does === 'make') await this.#make(call, route, reply);
    else await this.#reach(call, route, reply);
  }

  async close(): Promise<void> {
    await this.#pools.close();
  }

  async #reach(call: ResourceCall, route: ReachingRoute, reply: ClientReply): Promise<void> {
    const { principal, id = '' } = call;
    const [home] = await this.#doors.resources.find(principal.userId, [{ kind: route.kind, id }]);
    if (home === undefined) throw new ResourceNotFoundError(call.path);
    const binding = await this.#bindingOf(call, route.refersTo?.(call.json ?? {}));
    if (binding !== undefined && areApart(binding, home)) throw new ReferencesApartError('The path', binding.field);
    const owner = { ...home, keyId: home.keyId ?? binding?.keyId };
    const places = this.#places.at(call, owner, undefined);
    const first = this.#places.free(places);
    if (first === undefined) throw new ResourceUnreachableError(undefined);
    // Counted before it is sent: a client may leave before the upstream says that it has taken it.
    if (route.adds === true) await this.#addTokens(call, first, { kind: route.kind, id }, binding);
    const next = (left: readonly ResourcePlace[], isTold: boolean): ResourcePlace | undefined => this.#places.free(left, isTold);
    const { place, outcome, search } = await this.#askEach(call, first, places, owner, requestOf(call), reply, next);
    if ('verdict' in outcome) {
      const failure = this.#failureOf(call, place, outcome.verdict);
      if (search.isUndecided) throw undecided(search, undefined);
      // Not where somebody may just have made it: an upstream may need a moment to know that.
      if (search.hasNobody && outcome.verdict.missing === true && isItself(route)) await this.#forget(principal.userId, route.kind, id);
      throw failure;
    }
    if (route.deletes === true) await this.#forget(principal.userId, route.kind, id);
    else if (search.isOpen) await this.#noteOwner(call, [{ kind: route.kind, id }], place);
    this.#answer(call, route, place, outcome.answer, reply);
  }

  /**
   * What was made before keys were noted may lie at any of its channel's: one after the other is asked until one has it, or one fails otherwise
   * than by its key.
   * @param next which of those left; undefined ends it. It is told whether all that were asked have no such thing.
   * @returns what the last one said, which that was, and how the search went
   */
  async #askEach(
    call: ResourceCall,
    first: ResourcePlace,
    places: readonly ResourcePlace[],
    owner: ResourceHome,
    request: ResourceRequest,
    reply: ClientReply,
    next: (left: readonly ResourcePlace[], isTold: boolean) => ResourcePlace | undefined,
  ): Promise<{ readonly place: ResourcePlace; readonly outcome: ResourceOutcome; readonly search: OwnerSearch }> {
    const left = new Set(places);
    const search = new OwnerSearch(owner);
    let place = first;
    for (let asked = 1; ; asked += 1) {
      const outcome = await this.#sender.send(call, place, request, reply);
      left.delete(place);
      if ('answer' in outcome) return { place, outcome, search };
      search.failed(outcome.verdict, place.channel);
      const isLast = left.size === 0 || reply.gone || !isOfKey(outcome.verdict) || asked >= keysAskedMax;
      const other = isLast ? undefined : next([...left], search.failure === undefined);
      if (other === undefined) return { place, outcome, search };
      place = other;
    }
  }

  #noteOwner({ principal }: ResourceCall, names: readonly ResourceName[], { channel, key }: ResourcePlace): Promise<void> {
    return this.#doors.resources.noteHomes(principal.userId, names, homeAt(channel, key));
  }

  async #addTokens(call: ResourceCall, place: ResourcePlace, name: ResourceName, binding: Binding | undefined): Promise<void> {
    const { resources, health, clock } = this.#doors;
    const begunAt = clock.now();
    try {
      await resources.addTokens(call.principal.userId, name, this.#broughtBy(call, binding) ?? 0);
    } catch (error) {
      health.abandon(attemptPlaceOf(place), begunAt);
      throw error;
    }
  }

  async #make(call: ResourceCall, route: MakingRoute, reply: ClientReply): Promise<void> {
    const references = route.refersTo?.(call.json ?? {}) ?? [];
    const binding = await this.#bindingOf(call, references);
    const places = this.#places.toMake(call, binding);
    let last: Verdict | undefined;
    const search = new OwnerSearch(binding);
    const left = new Set(places);
    const { attemptsMax } = this.#doors.settings.current(relaySettings);
    for (let asked = 0; asked - search.missed < attemptsMax && left.size > 0 && !search.isSpent; asked += 1) {
      const place = this.#places.free([...left], search.failure === undefined);
      if (place === undefined) break;
      const outcome = await this.#sender.send(call, place, requestOf(call), reply);
      if (reply.gone) return;
      if ('answer' in outcome) {
        if (search.isOpen) await this.#noteOwner(call, references, place);
        this.#answer(call, route, place, outcome.answer, reply, this.#broughtBy(call, binding));
        return;
      }
      last = outcome.verdict;
      this.#log(call, place, last.status);
      // What it names may lie behind another of the channel's keys: to look for it is no other try.
      const isElsewhere = search.failed(last, place.channel);
      if (last.retry === 'never' && !isElsewhere) break;
      const endsChannel = !isElsewhere && last.scope !== 'key';
      for (const other of left) if (other === place || (endsChannel && other.channel === place.channel)) left.delete(other);
    }
    if (search.isUndecided) throw undecided(search, binding?.field);
    throw last === undefined ? new NoPlaceError(call.principal.group) : new UpstreamFailedError(withoutModel(last));
  }

  async #list(call: ResourceCall, route: ListingRoute, reply: ClientReply): Promise<void> {
    const { userId } = call.principal;
    const { size, after = '' } = route.page(call.query);
    const found = await this.#doors.resources.list(userId, route.kind, after, size + 1);
    const page = found.slice(0, size);
    const items: unknown[] = [];
    for (let from = 0; from < page.length; from += listedTogether) {
      const together = page.slice(from, from + listedTogether);
      const read = await Promise.all(together.map((item) => this.#item(call, route, item.id, item, reply)));
      items.push(...read.filter((item) => item !== undefined));
    }
    const more = found.length > size ? page.at(-1)?.id : undefined;
    reply.sendWhole(200, 'application/json', JSON.stringify(route.encodePage(items, more, call.query)));
  }

  /**
   * Undefined if it is gone, or its account is. An account that rests is asked all the same: what is left out of a list looks deleted. Where
   * nobody knows whose it is and some have not got it, it is left out and not forgotten: others would make every list fail.
   */
  async #item(call: ResourceCall, route: ListingRoute, id: string, home: ResourceHome, reply: ClientReply): Promise<unknown> {
    const channel = this.#places.channelOf(call, home);
    if (channel === undefined || (home.keyId !== undefined && !channel.keys.some((key) => key.id === home.keyId))) return undefined;
    const places = this.#places.at(call, home, undefined);
    const next = (left: readonly ResourcePlace[]): ResourcePlace | undefined => this.#places.free(left, false) ?? left[0];
    const first = next(places);
    if (first === undefined) return undefined;
    const request: ResourceRequest = { method: 'GET', path: filledPath(route.itemPath, new Map([['id', id]])) };
    const { place, outcome, search } = await this.#askEach(call, first, places, home, request, reply, next);
    if ('answer' in outcome) {
      if (search.isOpen) await this.#noteOwner(call, [{ kind: route.kind, id }], place);
      return outcome.answer.json;
    }
    const failure = this.#failureOf(call, place, outcome.verdict);
    if (search.isUndecided && isOfKey(outcome.verdict)) return undefined;
    if (!(failure instanceof ResourceNotFoundError)) throw failure;
    // Not on the word of whoever stands in front of the account and knows nothing of what it has.
    if (outcome.verdict.missing === true) await this.#forget(call.principal.userId, route.kind, id);
    return undefined;
  }

  /** Tokens of what the body says and names; undefined where the route does not look into it. */
  #broughtBy({ json }: ResourceCall, binding: Binding | undefined): number | undefined {
    if (json === undefined) return undefined;
    const { holdReferencedTokens } = this.#doors.settings.current(ledgerSettings);
    return estimateBodyTokens(json, usualScale) + (binding?.tokens ?? 0) + (binding?.unweighed ?? 0) * holdReferencedTokens;
  }

  async #bindingOf({ principal }: ResourceCall, references: readonly ResourceReference[] = []) {
    return references.length === 0 ? undefined : bindingOf(this.#doors.resources, principal.userId, references);
  }

  #answer(
    call: ResourceCall,
    route: ReachingRoute | MakingRoute,
    place: ResourcePlace,
    answer: WholeResourceAnswer,
    reply: ClientReply,
    tokens?: number,
  ): void {
    try {
      this.#doors.resources.remember(
        call.principal.userId,
        homeAt(place.channel, place.key),
        withTokens(route.kept?.(answer) ?? [], usualScale, tokens),
      );
      for (const [name, value] of Object.entries(route.answerHeaders?.(answer, call.origin) ?? {})) reply.setHeader(name, value);
    } catch (error) {
      // Bytes that pass need not be understood.
      this.#doors.log.error({ err: error, channel: place.channel.name }, 'An adapter failed');
    }
    reply.sendWhole(answer.status, answer.contentType, answer.body);
    this.#log(call, place, answer.status);
  }

  /** What a channel's failure is to the caller: something that is gone there is gone. */
  #failureOf(call: ResourceCall, place: ResourcePlace, verdict: Verdict): Error {
    this.#log(call, place, verdict.status);
    return isMissing(verdict) ? new ResourceNotFoundError(call.path) : new UpstreamFailedError(verdict);
  }

  /** Best effort: what is remembered too long only leads to the upstream's own "not found". */
  async #forget(userId: string, kind: string, id: string): Promise<void> {
    await this.#doors.resources.forget(userId, { kind, id }).catch((error: unknown) => {
      this.#doors.log.warn({ err: error }, 'What an upstream has deleted could not be forgotten');
    });
  }

  #log({ requestId, route, startedAt }: ResourceCall, { channel }: ResourcePlace, status: number): void {
    const totalMs = this.#doors.clock.now() - startedAt;
    this.#doors.log.info({ requestId, method: route.method, path: route.path, channelId: channel.id, status, totalMs }, 'resource');
  }
}

function requestOf({ route, path, query, body, contentType }: ResourceCall): ResourceRequest {
  return { method: route.method, path, query, body, ...(contentType === undefined ? {} : { contentType }) };
}

/** True where another key may have another answer. */
function isOfKey(verdict: Verdict): boolean {
  return isMissing(verdict) || verdict.scope === 'key';
}

/** Why nobody knows whether any of the channel's keys has it. */
function undecided({ failure }: OwnerSearch, field: string | undefined): Error {
  return failure === undefined ? new AccountNotFoundYetError(field) : new UpstreamFailedError(failure);
}

/** True where what the upstream has not got is the thing itself, not something in it. */
function isItself({ path, method }: ReachingRoute): boolean {
  return method !== 'POST' && path.endsWith('/{id}');
}

/** A place that does not know the path at all: no model was asked for. */
function withoutModel(verdict: Verdict): Verdict {
  return verdict.kind === 'not-found'
    ? verdictForKind('server', 502, 'The upstream does not keep such things.', 'upstream_failed')
    : verdict;
}
