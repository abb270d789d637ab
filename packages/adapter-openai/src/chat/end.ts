import type { EndReader } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { errorNeedles, readWireError, verdictOf } from '../wire-error.js';

/** The end of chat and of text completions. Compatible servers leave out the mark or the reason to finish, but not both. */
export const chatEnd: EndReader = {
  wholeNeedles: ['[DONE]', '"finish_reason":"', '"finish_reason": "'],
  failureNeedles: errorNeedles,
  read(frame, event) {
    if (typeof frame === 'string') return frame.startsWith('[DONE]') ? 'whole' : undefined;
    if (!isObject(frame)) return undefined;
    const choice = firstOf(frame['choices']);
    const error = readWireError(frame['error'] ?? choice?.['error'] ?? (event === 'error' ? frame : undefined));
    if (error !== undefined) return verdictOf(error);
    const finish = choice?.['finish_reason'];
    return typeof finish === 'string' && finish !== '' ? 'whole' : undefined;
  },
};

function firstOf(choices: unknown): Record<string, unknown> | undefined {
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return isObject(choice) && (choice['index'] ?? 0) === 0 ? choice : undefined;
}
