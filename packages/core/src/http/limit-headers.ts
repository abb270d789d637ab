import type { LimitLevel, LimitLevels } from '@tollgate/plugin-kit';
import type { ClientReply } from '../relay/client-reply.js';
import type { ServedDialect } from '../relay/relay-call.js';

/** Tells the caller what is left of its limits. */
export function sendLevels(levels: LimitLevels, dialect: ServedDialect, reply: ClientReply): void {
  for (const [name, value] of Object.entries(levelHeaders(levels, dialect))) reply.setHeader(name, value);
}

/** What is left of a caller's limits, under the names that most SDKs read and, of a dialect's callers, under its own. */
export function levelHeaders(levels: LimitLevels, dialect?: ServedDialect): Readonly<Record<string, string>> {
  return {
    ...(levels.requests === undefined ? {} : headersOf('requests', levels.requests)),
    ...(levels.tokens === undefined ? {} : headersOf('tokens', levels.tokens)),
    ...dialect?.client.limitHeaders?.(levels, Date.now()),
  };
}

function headersOf(kind: 'requests' | 'tokens', { limit, remaining, resetsInMs }: LimitLevel): Readonly<Record<string, string>> {
  return {
    [`x-ratelimit-limit-${kind}`]: String(limit),
    [`x-ratelimit-remaining-${kind}`]: String(Math.floor(remaining)),
    [`x-ratelimit-reset-${kind}`]: durationText(resetsInMs),
  };
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
