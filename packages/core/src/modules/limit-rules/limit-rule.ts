import { z } from 'zod';

const perWindow = (title: string) => z.int().min(0).max(1_000_000_000).optional().meta({ title });

/** What may be limited, wherever limits are stated. 0 = no limit. */
export const limitShape = {
  requestsPerMinute: perWindow('Requests in a minute'),
  requestsPerHour: perWindow('Requests in an hour'),
  requestsPerDay: perWindow('Requests in a day'),
  tokensPerMinute: perWindow('Tokens in a minute, input and output'),
  concurrentCalls: perWindow('Calls at the same time'),
};

export const limitSchema = z.strictObject(limitShape);

/** Limits of one token, group or model; what is left out or 0 is not limited. */
export interface LimitValues {
  readonly requestsPerMinute?: number | undefined;
  readonly requestsPerHour?: number | undefined;
  readonly requestsPerDay?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly concurrentCalls?: number | undefined;
}

/** Whose limit it is; `key` is one of a channel's. A group that shares one counter is limited as a whole, else each of its users. */
export type LimitOwner = 'ip' | 'token' | 'user' | 'group' | 'model' | 'channel' | 'key';
export type LimitKind = 'requests' | 'tokens' | 'concurrency';

/** One number that binds. */
export interface LimitRule {
  readonly owner: LimitOwner;
  readonly kind: LimitKind;
  readonly window: string;
  /** 0 for calls at the same time. */
  readonly windowMs: number;
  readonly limit: number;
}

export const requestWindows = [
  { field: 'requestsPerMinute', window: 'minute', windowMs: 60_000 },
  { field: 'requestsPerHour', window: 'hour', windowMs: 3_600_000 },
  { field: 'requestsPerDay', window: 'day', windowMs: 86_400_000 },
] as const;

/** The rules that bind, without those of no limit. */
export function rulesOf(owner: LimitOwner, values: LimitValues): readonly LimitRule[] {
  const rules: LimitRule[] = [];
  for (const { field, window, windowMs } of requestWindows) {
    const limit = values[field] ?? 0;
    if (limit > 0) rules.push({ owner, kind: 'requests', window, windowMs, limit });
  }
  const { tokensPerMinute = 0, concurrentCalls = 0 } = values;
  if (tokensPerMinute > 0) rules.push({ owner, kind: 'tokens', window: 'minute', windowMs: 60_000, limit: tokensPerMinute });
  if (concurrentCalls > 0) rules.push({ owner, kind: 'concurrency', window: 'concurrent', windowMs: 0, limit: concurrentCalls });
  return rules;
}

/**
 * The rules for one caller by address and token: in each window the token's own number takes the place of that for addresses, also if it
 * says that there is no limit.
 */
export function callerRules(perAddress: LimitValues, ofToken: LimitValues | undefined): readonly LimitRule[] {
  if (ofToken === undefined) return rulesOf('ip', perAddress);
  const left = Object.fromEntries(Object.entries(perAddress).filter(([field]) => ofToken[field as keyof LimitValues] === undefined));
  return [...rulesOf('ip', left), ...rulesOf('token', ofToken)];
}
