import { type EndReader, type Verdict, verdictForKind } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { errorNeedles, readWireError, verdictOf } from '../wire-error.js';
import { textOf } from './decode-output.js';

/** Last events of an answer that is there, whole or as far as a maximum or its caller let it come. */
const lastTypes = ['response.completed', 'response.incomplete', 'response.cancelled'];
const failedType = 'response.failed';

/** A stream ends with an event that repeats the answer, or with one that says why there is none. */
export const responsesEnd: EndReader = {
  wholeNeedles: lastTypes.map((type) => `${type}"`),
  failureNeedles: [...errorNeedles, `${failedType}"`, '"type":"error"', '"type": "error"'],
  read(frame, event) {
    if (!isObject(frame)) return undefined;
    const type = textOf(frame['type']) || (event ?? '');
    if (lastTypes.includes(type) && isObject(frame['response'])) return 'whole';
    if (type === 'error') return failureOf(frame['error'] ?? frame);
    if (type === failedType) return failureOf(isObject(frame['response']) ? frame['response']['error'] : undefined);
    const stated = type === '' ? readWireError(frame['error']) : undefined;
    return stated === undefined ? undefined : verdictOf(stated);
  },
};

/** What an error says that certainly is one. */
export function failureOf(error: unknown): Verdict {
  const stated = readWireError(error);
  return stated === undefined
    ? verdictForKind('server', 502, 'The upstream failed without giving a reason.', 'upstream_failed')
    : verdictOf(stated);
}
