/** What a circuit is about: a key, a model at a channel, or a whole channel. */
export const circuitKinds = ['key', 'model', 'channel'] as const;
export type CircuitKind = (typeof circuitKinds)[number];

export interface CircuitName {
  readonly channelId: string;
  readonly kind: CircuitKind;
  /** Id of the key, or name of the model as callers use it; empty for a channel. */
  readonly subject: string;
}

export type CircuitState = 'closed' | 'open' | 'disabled';

/**
 * Why a circuit is not closed. `failures`: too many in a row. `rate-limit`, `asked-to-wait`: the upstream said so. `refused`: it does not take
 * the key. `status`, `keyword`, `repeated-failures`: disabled by the settings. `person`: disabled by somebody.
 */
export const shutReasons = [
  'failures',
  'rate-limit',
  'asked-to-wait',
  'refused',
  'status',
  'keyword',
  'repeated-failures',
  'person',
] as const;
export type ShutReason = (typeof shutReasons)[number];

/** A circuit that is not closed, in times of this node's clock. */
export interface CircuitRecord extends CircuitName {
  readonly state: 'open' | 'disabled';
  readonly reason: ShutReason;
  readonly since: number;
  /** Absent where it stays so until somebody or a test changes it. */
  readonly until?: number;
  /** Failures in a row. */
  readonly failures: number;
  /** How often it has opened without having been healthy for long in between. */
  readonly trips: number;
  /** Public code of the last failure. */
  readonly lastCode?: string;
}

/** One change in the state of a circuit, told once in the cluster. */
export interface HealthChange {
  readonly channelId: string;
  readonly keyId?: string;
  readonly model?: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
  /** Absent where it is closed again. */
  readonly reason?: ShutReason;
  readonly until?: number;
  readonly lastCode?: string;
}

/** What part of a channel is meant; neither: the channel. */
export interface ChannelPart {
  readonly model?: string | undefined;
  readonly keyId?: string | undefined;
}

export function circuitNameOf(channelId: string, { model, keyId }: ChannelPart): CircuitName {
  if (keyId !== undefined) return { channelId, kind: 'key', subject: keyId };
  return model === undefined ? { channelId, kind: 'channel', subject: '' } : { channelId, kind: 'model', subject: model };
}

/** The reverse of {@link circuitNameOf}. */
export function partOf({ kind, subject }: CircuitName): { readonly model?: string; readonly keyId?: string } {
  if (kind === 'channel') return {};
  return kind === 'key' ? { keyId: subject } : { model: subject };
}
