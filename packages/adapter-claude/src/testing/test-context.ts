import type { CodecContext, Loss } from '@tollgate/plugin-kit';

export interface TestContext extends CodecContext {
  readonly losses: Loss[];
  /** The fields of all losses, in order. */
  lostFields(): readonly string[];
}

/** A context with counting ids that keeps the losses it is told. */
export function testContext(model: CodecContext['model'] = { id: 'claude-sonnet-4-5' }): TestContext {
  const losses: Loss[] = [];
  let ids = 0;
  return {
    losses,
    lostFields: () => losses.map(({ field }) => field),
    lose: (loss) => losses.push(loss),
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    now: () => 1_764_000_000_000,
    model,
  };
}
