import type { CodecContext, Loss } from '@tollgate/plugin-kit';

/** A context with counting ids that keeps the losses it is told. */
export function testContext(modelId = 'gemini-2.5-flash'): CodecContext & { readonly losses: Loss[] } {
  const losses: Loss[] = [];
  let ids = 0;
  return {
    losses,
    lose: (loss) => losses.push(loss),
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    now: () => 1_764_000_000_000,
    model: { id: modelId },
  };
}
