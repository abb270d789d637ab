import type { StopReason } from '@tollgate/plugin-kit';
import type { WireStopReason } from './wire.js';

const canonicalByWire: ReadonlyMap<unknown, StopReason> = new Map<WireStopReason | 'compaction', StopReason>([
  ['end_turn', 'end'],
  ['max_tokens', 'length'],
  ['stop_sequence', 'stop-sequence'],
  ['tool_use', 'tool'],
  ['pause_turn', 'pause'],
  ['refusal', 'refusal'],
  ['model_context_window_exceeded', 'length'],
  ['compaction', 'pause'],
]);

/** An answer that broke off says `max_tokens`: the one reason that tells a client that the text is incomplete. */
const wireByCanonical: Readonly<Record<StopReason, WireStopReason>> = {
  end: 'end_turn',
  length: 'max_tokens',
  tool: 'tool_use',
  'stop-sequence': 'stop_sequence',
  filter: 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
  error: 'max_tokens',
};

/** A reason that we do not know counts as a natural end. */
export function decodeStopReason(reason: unknown): StopReason {
  return canonicalByWire.get(reason) ?? 'end';
}

export function encodeStopReason(reason: StopReason): WireStopReason {
  return wireByCanonical[reason];
}
