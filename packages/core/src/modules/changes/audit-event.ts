import type { ChangeAuthor } from './change-author.js';
import type { Change, ChangeAction, ChangeKind } from './planned-step.js';

/** A change as it is remembered: what, when, and by whom. */
export interface AuditEvent extends Change {
  /** UUIDv7: later ones sort after earlier ones. */
  readonly id: string;
  readonly at: number;
  readonly author: ChangeAuthor;
}

export interface AuditFilter {
  readonly kinds?: readonly ChangeKind[] | undefined;
  readonly action?: ChangeAction | undefined;
  readonly name?: string | undefined;
  readonly userId?: string | undefined;
  readonly requestId?: string | undefined;
  /** In milliseconds since 1970, half open. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface AuditPage {
  readonly limit: number;
  /** Id of the last event of the page before; left out: the newest. */
  readonly before?: string | undefined;
}
