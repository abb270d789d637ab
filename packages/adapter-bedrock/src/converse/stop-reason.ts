import type { StopReason } from '@tollgate/plugin-kit';

const canonicalByWire: ReadonlyMap<unknown, StopReason> = new Map<string, StopReason>([
  ['end_turn', 'end'],
  ['tool_use', 'tool'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['stop_sequence', 'stop-sequence'],
  ['guardrail_intervened', 'filter'],
  ['content_filtered', 'filter'],
  ['malformed_model_output', 'error'],
  ['malformed_tool_use', 'error'],
]);

/** A reason that we do not know counts as a natural end. */
export function decodeStopReason(reason: unknown): StopReason {
  return canonicalByWire.get(reason) ?? 'end';
}

/** Where models report which stop sequence they met, if they do. */
export function stopSequenceIn(additional: unknown): string | undefined {
  const text = JSON.stringify(additional ?? {});
  const found = /"stop_sequence":("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return found === undefined ? undefined : (JSON.parse(found) as string);
}
