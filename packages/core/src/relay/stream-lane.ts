import type { PublicError, Verdict } from '@tollgate/plugin-kit';

/** Turns the bytes of an upstream's stream into bytes for the client. Gives whole frames only, so that a stream can be ended properly anywhere. */
export interface StreamLane {
  /** @throws whatever a codec throws on bytes that are not what its dialect promises. */
  take(bytes: Buffer): Buffer | string | undefined;
  /** What is left to say when the upstream has ended its answer. */
  finish(): Buffer | string | undefined;
  /** The upstream said inside its stream that it failed. */
  readonly failure: Verdict | undefined;
  /** Ends the client's stream with an error. `afterFrames`: whether anything went out before. */
  fail(error: PublicError, afterFrames: boolean): string;
  /** Called once, last, however the stream ended: usage that was put aside is read now. */
  close(): void;
}
