import type { ThinkingInNames } from '@tollgate/plugin-kit';
import { effortOfName, splitEffort } from '../effort-suffix.js';

/** `gpt-5-high`, for clients that speak chat to an upstream that does, too. */
export const thinkingInNames: ThinkingInNames = {
  read: splitEffort,
  write(body, named, context) {
    const effort = effortOfName(body, body['reasoning_effort'], named, context);
    if (effort === undefined) delete body['reasoning_effort'];
    else body['reasoning_effort'] = effort;
  },
};
