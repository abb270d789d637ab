import type { PublicError, Verdict } from '@tollgate/plugin-kit';

/** Turns the bytes of an upstream's stream into bytes for the client. Gives whole frames only, so that a stream can be ended properly anywhere. */
export interface StreamLane {
  /** @throws whatever a codec throws on bytes that are not what its dialect promises. */
  take(bytes: Buffer): Buffer | string | undefined;
  /**
   * What is left to say when no more will come. `done`: the upstream ended its response, `cut`: the connection broke. Afterwards `failure` is
   * set unless the answer is whole, which it may be in either case.
   */
  finish(cause: 'done' | 'cut'): Buffer | string | undefined;
  /** Why the answer is not whole: the upstream said inside its stream that it failed, or ended the stream before its answer. */
  readonly failure: Verdict | undefined;
  /** True if the failure is that the stream ended before its answer did. */
  readonly wasCut: boolean;
  /** Ends the client's stream with an error. `afterFrames`: whether anything went out before. */
  fail(error: PublicError, afterFrames: boolean): string;
  /** Called once, last, however the stream ended: usage that was put aside is read now. */
  close(): void;
}
