import type { ListingRoute, MakingRoute, ReachingRoute, ResourceReference, Verdict } from '@tollgate/plugin-kit';
import { verdictForKind } from '@tollgate/plugin-kit';
import type { Clock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import type { ChannelDirectory } from '../modules/channels/index.js';
import {
  NoPlaceError,
  ReferencesApartError,
  type ResourceDirectory,
  ResourceNotFoundError,
  ResourceUnreachableError,
} from '../modules/resources/index.js';
import type { GroupDirectory } from '../modules/groups/index.js';
import { ledgerSettings } from '../modules/ledger/index.js';
import type { Settings } from '../modules/settings/index.js';
import { type Binding, bindingOf } from './bound-channel.js';
import type { ClientReply } from './client-reply.js';
import { estimateBodyTokens } from './estimate-tokens.js';
import { homeChannelsOf } from './home-channels.js';
import { withTokens } from './kept-tokens.js';
import { UpstreamFailedError } from './relay-errors.js';
import { relaySettings } from './relay-settings.js';
import { filledPath, type ResourceCall } from './resource-call.js';
import {
  type ResourcePlace,
  type ResourceRequest,
  ResourceSender,
  type ResourceSenderTools,
  type WholeResourceAnswer,
} from './resource-sender.js';
import { spokenForResources } from './route.js';
import { usualScale } from './token-families.js';
import { poolsOf, type UpstreamPools } from './upstream-pools.js';

export interface ResourceRelayDoors extends Pick<ResourceSenderTools, 'ioOf' | 'userAgent'> {
  readonly settings: Settings;
  readonly channels: Pick<ChannelDirectory, 'find' | 'channelsOf'>;
  readonly groups: Pick<GroupDirectory, 'allowedRoutes'>;
  readonly resources: ResourceDirectory;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Requests of a list for its items that run at the same time. */
const listedTogether = 8;

/** Requests for what lives at an upstream: passed to the channel that has it, with that channel's own credentials. Nothing is paid. */
export class ResourceRelay {
  readonly #doors: ResourceRelayDoors;
  readonly #pools: UpstreamPools;
  readonly #sender: ResourceSender;

  constructor(doors: ResourceRelayDoors) {
    this.#doors = doors;
    this.#pools = poolsOf(doors.log);
    this.#sender = new ResourceSender({
      ...doors,
      pools: this.#pools,
      settings: () => doors.settings.current(relaySettings),
      fault: (error, channel) => doors.log.error({ err: error, channel: channel.name }, 'An adapter failed'),
    });
  }

  /**
   * Answers the request, or throws what the caller shall be told instead.
   * @throws GroupNotAllowedError, ResourceNotFoundError, ResourceUnreachableError, ReferenceNotFoundError, ReferencesApartError, NoPlaceError, UpstreamFailedError,
   * BadRequestError, StorageUnavailableError
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
    const [channelId] = await this.#doors.resources.channelsOf(principal.userId, [{ kind: route.kind, id }]);
    if (channelId === undefined) throw new ResourceNotFoundError(call.path);
    const binding = await this.#bindingOf(call, route.refersTo?.(call.json ?? {}));
    if (binding !== undefined && binding.channelId !== channelId) throw new ReferencesApartError('The path', binding.field);
    const place = this.#placeAt(call, channelId);
    if (place === undefined) throw new ResourceUnreachableError(undefined);
    // Counted before it is sent: a client may leave before the upstream says that it has taken it.
    if (route.adds === true)
      await this.#doors.resources.addTokens(principal.userId, { kind: route.kind, id }, this.#broughtBy(call, binding) ?? 0);
    const outcome = await this.#sender.send(call, place, requestOf(call), reply);
    if ('verdict' in outcome) throw this.#failureOf(call, place, outcome.verdict);
    if (route.deletes === true) await this.#forget(principal.userId, route.kind, id);
    this.#answer(call, route, place, outcome.answer, reply);
  }

  async #make(call: ResourceCall, route: MakingRoute, reply: ClientReply): Promise<void> {
    const binding = await this.#bindingOf(call, route.refersTo?.(call.json ?? {}));
    const places = this.#placesToMake(call, binding);
    let last: Verdict | undefined;
    for (const place of places.slice(0, this.#doors.settings.current(relaySettings).attemptsMax)) {
      const outcome = await this.#sender.send(call, place, requestOf(call), reply);
      if (reply.gone) return;
      if ('answer' in outcome) {
        this.#answer(call, route, place, outcome.answer, reply, this.#broughtBy(call, binding));
        return;
      }
      last = outcome.verdict;
      this.#log(call, place, last.status);
      if (last.retry === 'never') break;
    }
    throw last === undefined ? new NoPlaceError(call.principal.group) : new UpstreamFailedError(withoutModel(last));
  }

  /** Where everything is that the body names, else wherever something of this kind may be, in the order of preference. */
  #placesToMake(call: ResourceCall, binding: Binding | undefined): readonly ResourcePlace[] {
    const { principal, dialect } = call;
    if (binding === undefined) {
      const { channels, groups } = this.#doors;
      const homes = groups.allowedRoutes(principal).flatMap((group) => homeChannelsOf(principal.userId, channels.channelsOf(group)));
      return [...new Set(homes)].flatMap((channel) => {
        const spoken = spokenForResources(channel, dialect.wire);
        return spoken === undefined ? [] : [{ channel, spoken }];
      });
    }
    const place = this.#placeAt(call, binding.channelId);
    if (place === undefined) throw new ResourceUnreachableError(binding.field);
    return [place];
  }

  async #list(call: ResourceCall, route: ListingRoute, reply: ClientReply): Promise<void> {
    const { userId } = call.principal;
    const { size, after = '' } = route.page(call.query);
    const found = await this.#doors.resources.list(userId, route.kind, after, size + 1);
    const page = found.slice(0, size);
    const items: unknown[] = [];
    for (let from = 0; from < page.length; from += listedTogether) {
      const together = page.slice(from, from + listedTogether);
      const read = await Promise.all(together.map(({ id, channelId }) => this.#item(call, route, id, channelId, reply)));
      items.push(...read.filter((item) => item !== undefined));
    }
    const more = found.length > size ? page.at(-1)?.id : undefined;
    reply.sendWhole(200, 'application/json', JSON.stringify(route.encodePage(items, more, call.query)));
  }

  /** Undefined if it is gone, or where its channel is not to be used now. */
  async #item(call: ResourceCall, route: ListingRoute, id: string, channelId: string, reply: ClientReply): Promise<unknown> {
    const place = this.#placeAt(call, channelId);
    if (place === undefined) return undefined;
    const request: ResourceRequest = { method: 'GET', path: filledPath(route.itemPath, new Map([['id', id]])) };
    const outcome = await this.#sender.send(call, place, request, reply);
    if ('answer' in outcome) return outcome.answer.json;
    const failure = this.#failureOf(call, place, outcome.verdict);
    if (!(failure instanceof ResourceNotFoundError)) throw failure;
    await this.#forget(call.principal.userId, route.kind, id);
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

  #placeAt({ principal, dialect }: ResourceCall, channelId: string): ResourcePlace | undefined {
    const { channels, groups } = this.#doors;
    const inGroups = groups.allowedRoutes(principal).map((group) => channels.find(channelId, group));
    const channel = inGroups.find((found) => found !== undefined);
    const spoken = channel && spokenForResources(channel, dialect.wire);
    return channel && spoken && { channel, spoken };
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
      this.#doors.resources.remember(call.principal.userId, place.channel.id, withTokens(route.kept?.(answer) ?? [], usualScale, tokens));
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
    return verdict.kind === 'not-found' || verdict.status === 404 ? new ResourceNotFoundError(call.path) : new UpstreamFailedError(verdict);
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

/** A place that does not know the path at all: no model was asked for. */
function withoutModel(verdict: Verdict): Verdict {
  return verdict.kind === 'not-found'
    ? verdictForKind('server', 502, 'The upstream does not keep such things.', 'upstream_failed')
    : verdict;
}
