import type { Verdict } from '@tollgate/plugin-kit';
import type { AbnormalEnding, PolicyFallback } from '../modules/settlement/index.js';

/** How an answer ended of which something may have reached the client. */
export type AnsweredEnding =
  | 'complete'
  | Extract<AbnormalEnding, 'clientLeft' | 'upstreamCut' | 'errorInside' | 'timeout' | 'quotaEnded' | 'ledgerAway'>;

export interface AnsweredEnd {
  readonly answered: true;
  readonly ending: AnsweredEnding;
  readonly verdict?: Verdict;
  /** Where the client left: the rest of the answer is being read, and this says how far that came. */
  readonly drained?: Promise<PolicyFallback | undefined>;
  /** Where the client left: why the rest of the answer is not read. */
  readonly undrained?: PolicyFallback;
}

/** How one attempt ended. */
export type AttemptEnd =
  /** The client has its answer, or as much of it as there will be. */
  | AnsweredEnd
  /** Nothing of an answer has reached the client: another channel may be tried. */
  | { readonly answered: false; readonly verdict: Verdict };

/** Takes the body of one successful upstream response. Exactly one of `end` and `broken` is called, last. */
export interface AnswerReceiver {
  data(chunk: Buffer): void;
  end(): void;
  broken(verdict: Verdict): void;
}

/** Control over the upstream's side of an exchange. */
export interface UpstreamFlow {
  pause(): void;
  resume(): void;
  abort(): void;
}
