import type { LimitLevel, LimitLevels } from '@tollgate/plugin-kit';

/** What clients of Claude read of their limits: https://docs.claude.com/en/api/rate-limits, "Response headers". */
export function limitHeaders({ requests, tokens }: LimitLevels, now: number): Readonly<Record<string, string>> {
  return { ...headersOf('requests', requests, now), ...headersOf('tokens', tokens, now) };
}

function headersOf(kind: 'requests' | 'tokens', level: LimitLevel | undefined, now: number): Readonly<Record<string, string>> {
  if (level === undefined) return {};
  return {
    [`anthropic-ratelimit-${kind}-limit`]: String(level.limit),
    [`anthropic-ratelimit-${kind}-remaining`]: String(Math.floor(level.remaining)),
    // To the second, as the vendor states it; never earlier than the limit renews.
    [`anthropic-ratelimit-${kind}-reset`]: new Date(Math.ceil((now + level.resetsInMs) / 1_000) * 1_000)
      .toISOString()
      .replace('.000Z', 'Z'),
  };
}
