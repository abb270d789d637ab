import type { CountResponse } from '@tollgate/plugin-kit';
import type { ClientReply } from './client-reply.js';
import type { RelayCall, ServedDialect } from './relay-call.js';

/** How a dialect of counting answers: its types are hidden behind those of generation (see `defineUnaryDialect`). */
type EncodeCount = (response: CountResponse) => unknown;

/** Answers a call that wants tokens counted, where no channel of the model can count: with an estimate that says so. */
export function answerEstimatedCount(call: RelayCall, reply: ClientReply, inputTokens: number): void {
  const { client }: Pick<ServedDialect, 'client'> = call.dialect;
  const encode = client.encodeResponse as unknown as EncodeCount;
  reply.setHeader('x-tollgate-estimated', 'true');
  reply.sendWhole(200, 'application/json', JSON.stringify(encode({ inputTokens })));
}
