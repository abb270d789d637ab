import { type CallView, type CanonicalSink, operationOf, type RouteView, upstreamScanner } from '@tollgate/plugin-kit';
import type { ClientReply } from './client-reply.js';
import type { RelayCall, Translation } from './relay-call.js';
import type { Route } from './route.js';

/**
 * The call as plugins see it. A class, since a literal with a getter gets a hidden class of its own each time, which keeps the whole call
 * in memory until the next full garbage collection.
 */
class SeenCall implements CallView {
  readonly requestId: string;
  readonly dialect: string;
  readonly model: string;
  readonly stream: boolean;
  readonly userId: string;
  readonly group: string;
  readonly tokenId: string;
  readonly startedAt: number;
  #controller: AbortController | undefined;

  readonly #call: RelayCall;
  readonly #translation: Translation;
  readonly #reply: ClientReply;

  constructor(call: RelayCall, translation: Translation, reply: ClientReply, group: string) {
    this.requestId = call.requestId;
    this.dialect = call.dialect.id;
    this.model = call.facts.model;
    this.stream = call.facts.stream;
    this.userId = call.principal.userId;
    this.group = group;
    this.tokenId = call.principal.tokenId;
    this.startedAt = call.startedAt;
    this.#call = call;
    this.#translation = translation;
    this.#reply = reply;
  }

  get signal(): AbortSignal {
    return (this.#controller ??= this.#newController()).signal;
  }

  canonical(): ReturnType<CallView['canonical']> {
    return operationOf(this.#call.dialect) === 'generate' ? this.#translation.request() : undefined;
  }

  #newController(): AbortController {
    const controller = new AbortController();
    this.#reply.onGone(() => controller.abort());
    return controller;
  }
}

/** @param group that it is tried in first */
export function callView(call: RelayCall, translation: Translation, reply: ClientReply, group: string): CallView {
  return new SeenCall(call, translation, reply, group);
}

export function routeView(route: Route): RouteView {
  return {
    channelId: route.channel.id,
    provider: route.channel.adapter.id,
    model: route.model,
    dialect: route.spoken.dialect.id,
    lane: route.lane,
    attempt: route.attempt,
  };
}

/** Decodes an upstream's stream for plugins beside the lane that serves the client, which it cannot disturb. */
export function streamTap(route: Route, translation: Translation, call: RelayCall, sink: CanonicalSink): (bytes: Buffer) => void {
  const { dialect } = route.spoken;
  const decoder = dialect.upstream.streamDecoder(sink, translation.context(route.model, 'none'), dialect.edits?.frame);
  const framing = route.lane === 'pass' ? call.framing : dialect.framing;
  const scanner = upstreamScanner(dialect, (data, event) => decoder.frame(data, event), framing);
  let broken = false;
  return (bytes) => {
    if (broken) return;
    try {
      scanner.push(bytes);
    } catch {
      broken = true;
    }
  };
}
