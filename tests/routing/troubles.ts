import { type Verdict, verdictForKind, verdictForStatus } from '@tollgate/plugin-kit';

/** What a place does with one request. */
export interface PlaceAnswer {
  /** Absent where the answer is whole. */
  readonly verdict?: Verdict;
  /** True where a part of the answer has gone out when it fails: nothing can be tried after that. */
  readonly begun?: boolean;
  /** Until the attempt is over. */
  readonly lastsMs: number;
}

/** In the order of the report. */
export const troubleKinds = ['401', '402', '429', '5xx', 'slow first byte', 'hang', 'cut mid-stream', 'TLS error'] as const;
export type TroubleKind = (typeof troubleKinds)[number];

/** Troubles of a key leave the other keys of its channel well. */
export const keyTroubles: ReadonlySet<TroubleKind> = new Set(['401', '402', '429']);

export const firstByteTimeoutMs = 10_000;
const limitWindowMs = 10_000;
const callsInWindow = 3;

/** Calls that one key has answered in the window of its limit. */
export class KeyLimits {
  readonly #windows = new Map<string, { index: number; calls: number }>();

  /** How long the key wants to be left alone; undefined where it answers. */
  take(keyId: string, now: number): number | undefined {
    const index = Math.floor(now / limitWindowMs);
    const window = this.#windows.get(keyId);
    if (window === undefined || window.index !== index) {
      this.#windows.set(keyId, { index, calls: 1 });
      return undefined;
    }
    window.calls += 1;
    // In whole seconds, as the header has it.
    return window.calls <= callsInWindow ? undefined : Math.ceil(((index + 1) * limitWindowMs - now) / 1_000) * 1_000;
  }
}

const connection = verdictForKind('network', 502, 'The connection failed.', 'upstream_connection_failed');
const cut = verdictForKind('network', 502, 'Broken off.', 'upstream_cut');
const timeout = verdictForKind('timeout', 504, 'Too late.', 'upstream_timeout');

/** What a place in this trouble answers. @param usualMs how long an answer takes there otherwise */
export function troubledAnswer(kind: TroubleKind, keyId: string, now: number, usualMs: number, limits: KeyLimits): PlaceAnswer {
  switch (kind) {
    case '401':
      return { verdict: verdictForStatus(401, 'Wrong key.'), lastsMs: 50 };
    case '402':
      return { verdict: verdictForStatus(402, 'No credit.'), lastsMs: 50 };
    case '429': {
      const retryAfterMs = limits.take(keyId, now);
      return retryAfterMs === undefined
        ? { lastsMs: usualMs }
        : { verdict: { ...verdictForStatus(429, 'Slow.'), retryAfterMs }, lastsMs: 50 };
    }
    case '5xx':
      return { verdict: verdictForStatus(500, 'Broken.'), lastsMs: 200 };
    case 'slow first byte':
      return { lastsMs: 8_000 };
    case 'hang':
      return { verdict: timeout, lastsMs: firstByteTimeoutMs };
    case 'cut mid-stream':
      return { verdict: cut, begun: true, lastsMs: usualMs / 2 };
    case 'TLS error':
      return { verdict: connection, lastsMs: 20 };
  }
}
