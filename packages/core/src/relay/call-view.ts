import { type CallView, type CanonicalSink, FrameScanner, operationOf, type RouteView } from '@tollgate/plugin-kit';
import type { ClientReply } from './client-reply.js';
import type { RelayCall, Translation } from './relay-call.js';
import type { Route } from './route.js';

/** The call as plugins see it. */
export function callView(call: RelayCall, translation: Translation, reply: ClientReply): CallView {
  let controller: AbortController | undefined;
  return {
    requestId: call.requestId,
    dialect: call.dialect.id,
    model: call.facts.model,
    stream: call.facts.stream,
    userId: call.principal.userId,
    group: call.principal.group,
    tokenId: call.principal.tokenId,
    startedAt: call.startedAt,
    get signal() {
      if (controller === undefined) {
        const made = new AbortController();
        controller = made;
        reply.onGone(() => made.abort());
      }
      return controller.signal;
    },
    canonical: () => (operationOf(call.dialect) === 'generate' ? translation.request() : undefined),
  };
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
  const decoder = dialect.upstream.streamDecoder(sink, translation.context(route.model), dialect.edits?.frame);
  const framing = route.lane === 'translate' ? dialect.framing : call.framing;
  const scanner = new FrameScanner(framing, (data, event) => decoder.frame(data, event));
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
