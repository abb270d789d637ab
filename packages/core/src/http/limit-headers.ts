import type { LimitLevel, LimitLevels } from '@tollgate/plugin-kit';
import type { ClientReply } from '../relay/client-reply.js';
import type { ServedDialect } from '../relay/relay-call.js';

/** Tells the caller what is left of its limits: under the names that most SDKs read, and under those of its dialect. */
export function sendLevels(levels: LimitLevels, dialect: ServedDialect, reply: ClientReply): void {
  if (levels.requests !== undefined) sendLevel('requests', levels.requests, reply);
  if (levels.tokens !== undefined) sendLevel('tokens', levels.tokens, reply);
  const own = dialect.client.limitHeaders?.(levels, Date.now());
  if (own === undefined) return;
  for (const [name, value] of Object.entries(own)) reply.setHeader(name, value);
}

function sendLevel(kind: 'requests' | 'tokens', { limit, remaining, resetsInMs }: LimitLevel, reply: ClientReply): void {
  reply.setHeader(`x-ratelimit-limit-${kind}`, String(limit));
  reply.setHeader(`x-ratelimit-remaining-${kind}`, String(Math.floor(remaining)));
  reply.setHeader(`x-ratelimit-reset-${kind}`, durationText(resetsInMs));
}

/** `850ms`, `12s`, `6m0s`, `23h59m1s`: as clients of these headers expect it. Rounded up, so that nobody comes too early. */
export function durationText(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.ceil(durationMs)}ms`;
  const seconds = Math.ceil(durationMs / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
