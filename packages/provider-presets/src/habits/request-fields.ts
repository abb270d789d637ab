import type { JsonObject } from '@tollgate/plugin-kit';
import type { Habit } from './habit.js';

const smallestTopP = 0.01;
const largestTopP = 0.99;

/** Usage is always stated, and a request that asks for it is refused. */
export const noStreamOptions: Habit = {
  edit(body) {
    delete body['stream_options'];
  },
};

/** The seed is called `random_seed`, and the limit on tokens has its older name only. */
export const olderNames: Habit = {
  edit(body) {
    rename(body, 'seed', 'random_seed');
    rename(body, 'max_completion_tokens', 'max_tokens');
  },
};

/** `top_p` lies between 0 and 1, without either. */
export const openTopP: Habit = {
  encode: (next) => (request, context) => {
    const { topP } = request.sampling ?? {};
    if (topP === undefined || (topP > 0 && topP < 1)) return next(request, context);
    const inside = topP <= 0 ? smallestTopP : largestTopP;
    context.lose({ field: 'topP', how: 'coerced', why: `The place takes no ${topP}: ${inside} is asked for.` });
    return next({ ...request, sampling: { ...request.sampling, topP: inside } }, context);
  },
};

function rename(body: JsonObject, from: string, to: string): void {
  if (body[from] !== undefined && body[to] === undefined) body[to] = body[from];
  delete body[from];
}
