import { type EndReader, type Verdict, verdictForKind } from '@tollgate/plugin-kit';
import { verdictOf } from './errors.js';
import { isObject } from './wire.js';

/** `message_stop` ends a stream; with the reason to stop, which comes before it, everything has been said. */
export const endReader: EndReader = {
  wholeNeedles: ['message_stop"', '"stop_reason":"', '"stop_reason": "'],
  failureNeedles: ['"type":"error"', '"type": "error"', 'event: error', 'event:error', '"error":{', '"error": {'],
  read(frame) {
    if (!isObject(frame)) return undefined;
    if (frame.type === 'error' || isObject(frame.error)) return failureOf(frame);
    if (frame.type === 'message_stop') return 'whole';
    if (frame.type !== 'message_delta' || !isObject(frame.delta)) return undefined;
    return typeof frame.delta.stop_reason === 'string' ? 'whole' : undefined;
  },
};

/** What an error event says. */
export function failureOf(event: unknown): Verdict {
  return verdictOf(event) ?? verdictForKind('server', 502, 'The upstream reported an error.', 'upstream_error');
}
