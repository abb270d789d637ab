import type { CallCourse } from './fault-calls.js';
import type { PlannedFault } from './fault-plan.js';

/** What is known from outside of how the calls of a seed came about. */
export interface Circumstances {
  /** How many requests the upstream got for the call. */
  readonly requestsOf: (marker: string) => number;
  /** The faults that may have come about. */
  readonly injected: readonly PlannedFault[];
}

/** Nothing was called and nothing broke. */
export const quietly: Circumstances = { requestsOf: () => 0, injected: [] };

/** One call, and whatever may have changed its end. */
export interface CallFacts {
  readonly call: CallCourse;
  /** Requests that the upstream got for it. */
  readonly requests: number;
  /** Its answer may have been broken off by the upstream. */
  readonly mayBeCut: boolean;
  /** The database may have been away or have refused while it ran. */
  readonly databaseFailed: boolean;
  /** Its process may have been killed. */
  readonly mayBeKilled: boolean;
  /** It may have been closed by a sweep: its process was killed, its settlement refused, or nobody knew whether its hold was written. */
  readonly mayBeSwept: boolean;
}

export function factsOf(call: CallCourse, { requestsOf, injected }: Circumstances): CallFacts {
  const requests = requestsOf(call.marker);
  const mayBeKilled = injected.some(({ act }) => act === 'kill');
  const databaseFailed = injected.some(({ act }) => act === 'unavailable' || act === 'refused' || act === 'connections-drop');
  const wasRefused = injected.some(({ act, point }) => act === 'refused' && point !== 'extension');
  // Before a caller with a key came through, it may have been told no.
  const wasToldNo = requests === 0 || (call.kind === 'keyed' && databaseFailed);
  return {
    call,
    requests,
    mayBeCut: injected.some(({ act }) => act === 'upstream-cuts'),
    databaseFailed,
    mayBeKilled,
    mayBeSwept: mayBeKilled || wasRefused || wasToldNo,
  };
}
