import type { CallView } from '@tollgate/plugin-kit';
import type { CallCourse } from './call-course.js';
import type { ClientReply } from './client-reply.js';
import type { Quote } from './quote.js';
import type { RelayCall, Translation } from './relay-call.js';

/** Everything that belongs to one call while it runs. */
export interface RunningCall {
  readonly call: RelayCall;
  readonly reply: ClientReply;
  readonly translation: Translation;
  /** The call as plugins see it. */
  readonly view: CallView;
  readonly quote: Quote;
  readonly holdId: string;
  readonly course: CallCourse;
}
