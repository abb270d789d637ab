import type { CountResponse } from '@tollgate/plugin-kit';
import type { ClientReply } from './client-reply.js';
import type { RelayCall, ServedDialect } from './relay-call.js';

/** How a dialect of counting answers: its types are hidden behind those of generation (see `defineUnaryDialect`). */
type EncodeCount = (response: CountResponse) => unknown;

/**
 * Answers a call that wants tokens counted, where no channel of the model can count: with the count of its public tokenizer, or with an
 * estimate, and says which.
 */
export function answerCount(
  call: RelayCall,
  reply: ClientReply,
  estimatedTokens: number,
  tokenizer: string | undefined,
  countedTokens: number | undefined,
): void {
  const { client }: Pick<ServedDialect, 'client'> = call.dialect;
  const encode = client.encodeResponse as unknown as EncodeCount;
  if (countedTokens === undefined || tokenizer === undefined) reply.setHeader('x-tollgate-estimated', 'true');
  else reply.setHeader('x-tollgate-counted-by', tokenizer);
  reply.sendWhole(200, 'application/json', JSON.stringify(encode({ inputTokens: countedTokens ?? estimatedTokens })));
}
