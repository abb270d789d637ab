import { type JsonObject, type StopReason, type Verdict, verdictForKind } from '@tollgate/plugin-kit';
import { textIn } from '../wire.js';

const canonicalByWire: ReadonlyMap<unknown, StopReason> = new Map<string, StopReason>([
  ['COMPLETE', 'end'],
  ['STOP_SEQUENCE', 'stop-sequence'],
  ['MAX_TOKENS', 'length'],
  ['TOOL_CALL', 'tool'],
]);

/** A reason that we do not know counts as a natural end. */
export function decodeStopReason(reason: unknown): StopReason {
  return canonicalByWire.get(reason) ?? 'end';
}

/** What Cohere says of an answer that it could not finish; undefined if it finished. */
export function failureIn({ finish_reason: reason, error }: JsonObject): Verdict | undefined {
  if (reason !== 'ERROR' && reason !== 'TIMEOUT' && textIn(error) === '') return undefined;
  const message = textIn(error) || 'The upstream broke off its answer.';
  return reason === 'TIMEOUT'
    ? verdictForKind('timeout', 504, message, 'upstream_timeout')
    : verdictForKind('server', 502, message, 'upstream_error');
}
