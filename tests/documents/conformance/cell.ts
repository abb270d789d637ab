import { BadRequestError, type Loss, UpstreamError } from '@tollgate/plugin-kit';

/**
 * What becomes of one thing between two dialects. `green`: it arrives as it was sent. `partial`: it arrives in another form, the notes say which.
 * `red`: it does not arrive. `passed`: both speak the same dialect, the bytes go through. `none`: one of the two has no words for it.
 */
export type Status = 'green' | 'partial' | 'red' | 'passed' | 'none';

export interface Cell {
  readonly status: Status;
  readonly notes: readonly string[];
}

export const none: Cell = { status: 'none', notes: [] };
export const passed: Cell = { status: 'passed', notes: [] };

/** A note of this beginning is no loss but a fault: something changed on the way and nobody was told. */
export const unsaid = 'Changed without a word:';

/** The cell of a thing that was sent and that arrived, with the losses that were said on the way. */
export function cellFor(losses: readonly Loss[], changed: string | undefined): Cell {
  const notes = [...new Set(losses.map(({ field, how, why }) => `\`${field}\` ${how}: ${why}`))];
  if (losses.some(({ how }) => how === 'dropped')) return { status: 'red', notes };
  if (losses.length > 0) return { status: 'partial', notes };
  return changed === undefined ? { status: 'green', notes } : { status: 'partial', notes: [`${unsaid} ${changed}`] };
}

/** What a check finds, or the red cell of one who refuses in words. @throws what is no refusal */
export function refusedOr(check: () => Cell): Cell {
  try {
    return check();
  } catch (error) {
    if (BadRequestError.isInstance(error) || UpstreamError.isInstance(error))
      return { status: 'red', notes: [`Refused: ${error.message}`] };
    throw error;
  }
}

/** The worst of several cells, with the notes of all. */
export function worstOf(cells: readonly Cell[]): Cell {
  const order: readonly Status[] = ['none', 'red', 'partial', 'green', 'passed'];
  const status = order.find((known) => cells.some((cell) => cell.status === known)) ?? 'none';
  return { status, notes: [...new Set(cells.flatMap(({ notes }) => notes))] };
}
