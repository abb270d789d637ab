import type { LimitLevel, LimitLevels } from '@tollgate/plugin-kit';
import type { ClientReply } from '../relay/client-reply.js';
import type { ServedDialect } from '../relay/relay-call.js';

type SetHeader = (name: string, value: string) => void;

/** Names that are put together for each call cost more than all that is said under them. */
const headerNames = { requests: namesOf('requests'), tokens: namesOf('tokens') };

function namesOf(kind: string): Readonly<Record<'limit' | 'remaining' | 'reset', string>> {
  return { limit: `x-ratelimit-limit-${kind}`, remaining: `x-ratelimit-remaining-${kind}`, reset: `x-ratelimit-reset-${kind}` };
}

/** Tells the caller what is left of its limits. */
export function sendLevels(levels: LimitLevels, dialect: ServedDialect, reply: ClientReply): void {
  setLevelHeaders(levels, dialect, (name, value) => reply.setHeader(name, value));
}

/** What is left of a caller's limits, under the names that most SDKs read and, of a dialect's callers, under its own. */
export function setLevelHeaders(levels: LimitLevels, dialect: ServedDialect | undefined, set: SetHeader): void {
  if (levels.requests !== undefined) setHeadersOf('requests', levels.requests, set);
  if (levels.tokens !== undefined) setHeadersOf('tokens', levels.tokens, set);
  const own = dialect?.client.limitHeaders?.(levels, Date.now());
  if (own !== undefined) for (const [name, value] of Object.entries(own)) set(name, value);
}

function setHeadersOf(kind: keyof typeof headerNames, { limit, remaining, resetsInMs }: LimitLevel, set: SetHeader): void {
  const names = headerNames[kind];
  set(names.limit, String(limit));
  set(names.remaining, String(Math.floor(remaining)));
  set(names.reset, durationText(resetsInMs));
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
