import type { ThinkingInNames } from '@tollgate/plugin-kit';
import { effortOfName, splitEffort } from '../effort-suffix.js';
import { isObject } from '../request-fields.js';

/** `gpt-5-high`, for clients that speak Responses to an upstream that does, too. */
export const thinkingInNames: ThinkingInNames = {
  read: splitEffort,
  write(body, named, context) {
    const { effort: given, ...rest } = isObject(body['reasoning']) ? body['reasoning'] : {};
    const effort = effortOfName(body, given, named, context);
    body['reasoning'] = effort === undefined ? rest : { ...rest, effort };
  },
};
