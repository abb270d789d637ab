import type { FailureKind, Verdict } from '@tollgate/plugin-kit';
import type { SettingsValues } from '../settings/index.js';
import type { CircuitFailure, CircuitPolicy } from './circuit.js';
import type { CircuitKind, ShutReason } from './circuit-record.js';
import type { AttemptOutcome } from './health.js';
import type { healthSettings } from './health-settings.js';

export type HealthSettings = SettingsValues<typeof healthSettings>;

/** Kinds of which one failure is enough: the upstream has said how things stand. */
const atOnce: ReadonlySet<FailureKind> = new Set(['rate-limit', 'authentication', 'permission', 'insufficient-quota']);

/** What goes on for longer than a moment. */
const refusals: ReadonlySet<FailureKind> = new Set(['authentication', 'permission', 'insufficient-quota']);

/** Nobody means to be left alone for longer; a header may say anything. */
const statedMaxMs = 86_400_000;

/** Policies that settings were turned into: settings are replaced as a whole, so each is made once. */
const policies = new WeakMap<HealthSettings, CircuitPolicy>();

export function policyOf(settings: HealthSettings): CircuitPolicy {
  let policy = policies.get(settings);
  if (policy === undefined) {
    const { openAfterFailures, coolDownMaxMs, resetAfterMs } = settings;
    policies.set(settings, (policy = { openAfterFailures, coolDownMaxMs, resetAfterMs }));
  }
  return policy;
}

/**
 * Whose circuit is told of a failure. An upstream that answers with a server error has been reached, and may serve other models all the same.
 */
export function circuitKindOf({ scope, kind }: Verdict): CircuitKind | undefined {
  if (scope === 'request') return undefined;
  return scope === 'channel' && kind === 'server' ? 'model' : scope;
}

/** The failure as the circuit of its scope is told of it. */
export function circuitFailureOf(verdict: Verdict, startedAt: number, settings: HealthSettings): CircuitFailure {
  const { kind, code } = verdict;
  const statedMs = verdict.retryAfterMs === undefined ? undefined : Math.min(statedMaxMs, verdict.retryAfterMs);
  const isRefusal = refusals.has(kind);
  return {
    opensAtOnce: statedMs !== undefined || atOnce.has(kind),
    coolDownMs: isRefusal ? settings.refusedCoolDownMs : settings.coolDownMs,
    statedMs,
    reason: reasonOf(kind, isRefusal, statedMs),
    code,
    startedAt,
  };
}

function reasonOf(kind: FailureKind, isRefusal: boolean, statedMs: number | undefined): ShutReason {
  if (kind === 'rate-limit') return 'rate-limit';
  if (isRefusal) return 'refused';
  return statedMs === undefined ? 'failures' : 'asked-to-wait';
}

/** What a failure disables until somebody or a test enables it again, and why; undefined where it disables nothing. */
export function disabledBy(
  { verdict, words, mayDisable }: AttemptOutcome,
  { disableStatusCodes, disableKeywords }: HealthSettings,
): { readonly kind: CircuitKind; readonly reason: 'status' | 'keyword' } | undefined {
  // What is wrong with a request is its caller's doing, and may be in its caller's words.
  if (verdict === undefined || !mayDisable || verdict.scope === 'request') return undefined;
  if (disableStatusCodes.includes(verdict.status)) return { kind: circuitKindOf(verdict) ?? 'key', reason: 'status' };
  if (disableKeywords.length === 0) return undefined;
  const text = `${words ?? ''}\n${verdict.message}`.toLowerCase();
  // Such texts are about an account, whatever the status says.
  return disableKeywords.some((keyword) => text.includes(keyword.toLowerCase())) ? { kind: 'key', reason: 'keyword' } : undefined;
}
