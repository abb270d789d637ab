import type { Verdict } from '@tollgate/plugin-kit';
import type { Clock } from '../../foundation/clock.js';
import type { Logger } from '../../foundation/logger.js';
import type { Database } from '../../storage/database.js';
import type { Circuit } from './circuit.js';
import {
  type ChannelPart,
  type CircuitKind,
  type CircuitName,
  circuitNameOf,
  type CircuitRecord,
  type CircuitState,
  type HealthChange,
  partOf,
  type ShutReason,
} from './circuit-record.js';
import { Circuits } from './circuits.js';
import type { AttemptOutcome, AttemptPlace, Blocked, ChannelHealth } from './health.js';
import { circuitFailureOf, circuitKindOf, disabledBy, type HealthSettings, policyOf } from './judge-outcome.js';
import { PairMap } from './pair-map.js';
import { SharedCircuits } from './shared-circuits.js';
import { Wear } from './wear.js';

export interface HealthBookOptions {
  readonly settings: () => HealthSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** Undefined where the channel is not known. */
  readonly channelNameOf: (channelId: string) => string | undefined;
  /** Left out, nothing outlives the process, and no other node knows of it. */
  readonly database?: Database | undefined;
  /** Called when other nodes should look. */
  readonly onWritten?: () => void;
  /** Hears how each attempt went. */
  readonly onOutcome?: (outcome: AttemptOutcome) => void;
}

export type HealthListener = (change: HealthChange) => void;

const sweepEveryMs = 1_000;
const minuteMs = 60_000;

/**
 * What is known of the health of channels, their models and their keys. Kept in memory, where every call asks; what is open or disabled is
 * shared with the other nodes and the next start.
 */
export class HealthBook implements ChannelHealth {
  readonly #options: HealthBookOptions;
  readonly #circuits = new Circuits();
  readonly #wear = new PairMap<Wear>();
  readonly #shared: SharedCircuits | undefined;
  readonly #listeners = new Set<HealthListener>();
  #sweeping: NodeJS.Timeout | undefined;

  constructor(options: HealthBookOptions) {
    this.#options = options;
    const { database, clock, log, onWritten = () => undefined } = options;
    const onChange = (circuit: Circuit, from: CircuitState, to: CircuitState): void => this.#tell(circuit, from, to);
    if (database !== undefined) this.#shared = new SharedCircuits({ database, clock, log, onWritten }, onChange);
  }

  start(): void {
    this.#sweeping ??= setInterval(() => this.sweep(), sweepEveryMs).unref();
  }

  /** Takes over what other nodes have written. @throws StorageUnavailableError */
  async reload(): Promise<void> {
    await this.#shared?.reload(this.#circuits);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    await this.#shared?.close();
  }

  channelBlocked(channelId: string, model: string, now: number): Blocked | undefined {
    if (this.#circuits.areAllClosed) return undefined;
    return this.#check(this.#circuits.ofChannel(channelId), now) ?? this.#check(this.#circuits.ofModel(channelId, model), now);
  }

  keyBlocked(keyId: string, now: number): Blocked | undefined {
    return this.#circuits.areAllClosed ? undefined : this.#check(this.#circuits.ofKey(keyId), now);
  }

  worth(channelId: string, model: string): number {
    if (this.#wear.isEmpty) return 1;
    const wear = this.#wear.get(channelId, model);
    return wear === undefined ? 1 : wear.worthAt(this.#options.clock.now(), this.#options.settings().failureHalfLifeMs);
  }

  beginProbe(channelId: string, keyId: string, model: string, now: number): boolean {
    if (this.#circuits.areAllClosed) return true;
    const open = this.#circuitsOf({ channelId, keyId, model }).filter((circuit) => circuit.state === 'open');
    if (!open.every((circuit) => circuit.mayProbe(now))) return false;
    for (const circuit of open) {
      const { probeTimeMaxMs } = this.#options.settings();
      circuit.takeProbe(now + probeTimeMaxMs);
      this.#shared?.prolongClaim(circuit, probeTimeMaxMs);
    }
    return true;
  }

  report(outcome: AttemptOutcome): void {
    const { verdict } = outcome;
    this.#options.onOutcome?.(outcome);
    if (verdict === undefined) {
      this.#answered(outcome);
      return;
    }
    // Circuits that it says nothing about are tried by the next call.
    this.abandon(outcome, outcome.startedAt);
    const kind = circuitKindOf(verdict);
    if (kind !== undefined) this.#failed(outcome, verdict, kind);
  }

  abandon(place: AttemptPlace, startedAt: number): void {
    if (!this.#circuits.areAllClosed) for (const circuit of this.#circuitsOf(place)) circuit.releaseProbe(startedAt);
  }

  /** Hears each change once in the cluster: on the node that has written it. */
  onChange(listener: HealthListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Everything that is open or disabled now. What is open and past its time waits for its probe. */
  list(): readonly CircuitRecord[] {
    if (this.#circuits.areAllClosed) return [];
    this.sweep();
    return [...this.#circuits].flatMap(({ record }) => record ?? []);
  }

  /** A person or a test has found it well. Without a part, everything of the channel. */
  async enable(channelId: string, part?: ChannelPart): Promise<void> {
    const meant = part === undefined ? this.#allOf(channelId) : [this.#circuits.obtain(circuitNameOf(channelId, part))];
    const now = this.#options.clock.now();
    for (const circuit of meant) {
      const before = circuit.state;
      circuit.enable(now);
      if (circuit.kind === 'model') this.#wear.delete(channelId, circuit.subject);
      this.#changed(circuit, before, true);
    }
    await this.#shared?.flush();
  }

  /** A person takes it out, until a time or until somebody enables it. */
  async disable(channelId: string, part: ChannelPart = {}, until?: number): Promise<void> {
    this.#disable(this.#circuits.obtain(circuitNameOf(channelId, part)), 'person', undefined, until);
    await this.#shared?.flush();
  }

  /** Ends what is over, and forgets what says nothing any more. */
  sweep(): void {
    const now = this.#options.clock.now();
    const settings = this.#options.settings();
    const policy = policyOf(settings);
    for (const circuit of this.#circuits) {
      if (circuit.recover(now)) this.#changed(circuit, 'disabled');
      else if (circuit.isForgettable(now, policy) && this.#shared?.isOwn(circuit) !== true) this.#circuits.forget(circuit);
    }
    for (const [channelId, model, wear] of this.#wear.entries())
      if (wear.isForgettable(now, settings.failureHalfLifeMs, settings.resetAfterMs)) this.#wear.delete(channelId, model);
  }

  #check(circuit: Circuit | undefined, now: number): Blocked | undefined {
    if (circuit === undefined) return undefined;
    if (circuit.wantsGrant(now)) {
      if (this.#shared === undefined) circuit.grant(Number.POSITIVE_INFINITY);
      else this.#shared.claim(circuit);
    }
    return circuit.blockedAt(now);
  }

  #answered(outcome: AttemptOutcome): void {
    const { channelId, keyId, model, at } = outcome;
    if (!this.#wear.isEmpty) this.#wear.get(channelId, model)?.answered(at, this.#options.settings().failureHalfLifeMs);
    if (this.#circuits.areAllForgotten) return;
    this.#succeed(this.#circuits.ofKey(keyId), outcome);
    this.#succeed(this.#circuits.ofModel(channelId, model), outcome);
    this.#succeed(this.#circuits.ofChannel(channelId), outcome);
  }

  #failed(outcome: AttemptOutcome, verdict: Verdict, kind: CircuitKind): void {
    const settings = this.#options.settings();
    const { channelId, model, at } = outcome;
    // Whoever judges the key or the model has been reached.
    if (kind !== 'channel') this.#succeed(this.#circuits.ofChannel(channelId), outcome);
    if (kind === 'model' && model === '') return;
    if (kind !== 'key' && model !== '') this.#wearOf(channelId, model).failed(at, settings.failureHalfLifeMs);
    if (this.#disabledAtOnce(outcome, settings) || this.#disabledAsModel(outcome, settings) || !settings.coolDowns) return;
    const circuit = this.#circuits.obtain(nameIn(outcome, kind));
    const before = circuit.state;
    if (circuit.fail(circuitFailureOf(verdict, outcome.startedAt, settings), policyOf(settings), at)) this.#changed(circuit, before);
  }

  #disabledAtOnce(outcome: AttemptOutcome, settings: HealthSettings): boolean {
    const disabled = disabledBy(outcome, settings);
    if (disabled === undefined) return false;
    this.#disable(this.#circuits.obtain(nameIn(outcome, disabled.kind)), disabled.reason, outcome.verdict?.code);
    return true;
  }

  /** Takes a model of a channel out for a time, where the settings say so. A key that fails is not the model's doing. */
  #disabledAsModel({ channelId, model, verdict, mayDisable, at }: AttemptOutcome, settings: HealthSettings): boolean {
    if (!settings.autoDisableModels || !mayDisable || verdict === undefined || verdict.scope === 'key' || model === '') return false;
    const wear = this.#wearOf(channelId, model);
    if (wear.inARow < settings.failureThreshold) return false;
    wear.startAgain();
    const circuit = this.#circuits.obtain(circuitNameOf(channelId, { model }));
    this.#disable(circuit, 'repeated-failures', verdict.code, at + settings.recoveryMinutes * minuteMs);
    return true;
  }

  #disable(circuit: Circuit, reason: ShutReason, code: string | undefined, until?: number): void {
    const now = this.#options.clock.now();
    const before = circuit.state;
    circuit.recover(now);
    // Calls that were under way when it was disabled do not change why, or until when.
    if (circuit.state === 'disabled' && reason !== 'person') return;
    circuit.disable(reason, code, now, until);
    this.#changed(circuit, before, reason === 'person');
  }

  #succeed(circuit: Circuit | undefined, { startedAt, at }: AttemptOutcome): void {
    if (circuit === undefined) return;
    const before = circuit.state;
    if (circuit.succeed(startedAt, at)) this.#changed(circuit, before);
  }

  #changed(circuit: Circuit, before: CircuitState, isDecided = false): void {
    if (this.#shared !== undefined) this.#shared.changed(circuit, isDecided);
    else if (before !== circuit.state) this.#tell(circuit, before, circuit.state);
  }

  #tell(circuit: Circuit, from: CircuitState, to: CircuitState): void {
    const { channelId, record } = circuit;
    const change: HealthChange = { channelId, ...partOf(circuit), from, to, ...(to === 'closed' ? {} : detailsOf(record)) };
    const facts = { ...change, channel: this.#options.channelNameOf(channelId) };
    if (to === 'closed') this.#options.log.info(facts, `A ${circuit.kind} can be used again`);
    else this.#options.log.warn(facts, to === 'open' ? `A ${circuit.kind} fails and cools down` : `A ${circuit.kind} is disabled`);
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#options.log.error({ err: error }, 'Whoever was told of a change in health failed');
      }
    }
  }

  #wearOf(channelId: string, model: string): Wear {
    return this.#wear.obtain(channelId, model, () => new Wear());
  }

  #circuitsOf({ channelId, keyId, model }: AttemptPlace): readonly Circuit[] {
    const circuits = [this.#circuits.ofKey(keyId), this.#circuits.ofModel(channelId, model), this.#circuits.ofChannel(channelId)];
    return circuits.filter((circuit) => circuit !== undefined);
  }

  #allOf(channelId: string): readonly Circuit[] {
    return [...this.#circuits].filter((circuit) => circuit.channelId === channelId);
  }
}

function nameIn({ channelId, keyId, model }: AttemptPlace, kind: CircuitKind): CircuitName {
  return { channelId, kind, subject: kind === 'key' ? keyId : kind === 'model' ? model : '' };
}

function detailsOf(record: CircuitRecord | undefined): Pick<HealthChange, 'reason' | 'until' | 'lastCode'> {
  if (record === undefined) return {};
  const { reason, until, lastCode } = record;
  return { reason, ...(until === undefined ? {} : { until }), ...(lastCode === undefined ? {} : { lastCode }) };
}
