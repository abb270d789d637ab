import type { CallView } from '@tollgate/plugin-kit';
import type { Binding } from './bound-channel.js';
import type { CallCourse } from './call-course.js';
import type { ClientReply } from './client-reply.js';
import type { Model } from '../modules/models/index.js';
import type { InputWeight } from './estimate-tokens.js';
import type { TraceWriter } from '../modules/routing/index.js';
import type { Quote } from './quote.js';
import type { RelayCall, Translation } from './relay-call.js';
import type { TokenScale } from './token-families.js';

/** Everything that belongs to one call while it runs. */
export interface RunningCall {
  readonly call: RelayCall;
  readonly reply: ClientReply;
  /** That of the attempt that answers, where one was made beside another. */
  translation: Translation;
  /** The call as plugins see it. */
  readonly view: CallView;
  /** By which the input was estimated. */
  readonly scale: TokenScale;
  /** Estimated from the request. */
  readonly input: InputWeight;
  readonly course: CallCourse;
  /** Set if the call may go to one channel only. */
  readonly binding: Binding | undefined;
  /** Why it goes where it goes. */
  readonly trace: TraceWriter;
}

/** A call that is paid for: something is held for it until it is settled. */
export interface HeldCall extends RunningCall {
  /** Undefined for a name that nobody configured. */
  readonly model: Model | undefined;
  /** In the group whose channels are tried: where there are several, it is another one when the next group begins. */
  quote: Quote;
  /** In each of the groups; what is held is enough for the dearest. */
  readonly quotes: readonly Quote[];
  readonly holdId: string;
}
