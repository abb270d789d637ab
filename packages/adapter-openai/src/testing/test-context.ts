import type { CodecContext, Loss } from '@tollgate/plugin-kit';

export interface TestContext extends CodecContext {
  readonly losses: Loss[];
  /** The fields of all losses, in order. */
  lostFields(): readonly string[];
}

/** A context with counting ids and a clock that stands still; it keeps the losses that it is told. */
export function testContext(model: CodecContext['model'] = { id: 'gpt-4o-mini' }): TestContext {
  const losses: Loss[] = [];
  let idCount = 0;
  return {
    losses,
    lostFields: () => losses.map(({ field }) => field),
    lose: (loss) => losses.push(loss),
    newId: (prefix) => `${prefix}${(idCount += 1)}`,
    now: () => 1_764_000_000_500,
    model,
  };
}
