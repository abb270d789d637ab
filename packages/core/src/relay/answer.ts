import type { Verdict } from '@tollgate/plugin-kit';

/** How one attempt ended. */
export type AttemptEnd =
  /** The client has its answer, or as much of it as there will be. */
  | { readonly answered: true; readonly ending: 'complete' | 'client-gone' | 'broken' | 'quota'; readonly verdict?: Verdict }
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
