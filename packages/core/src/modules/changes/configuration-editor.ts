import { bumpRevision, lockRevision } from '../../cluster/configuration-revision.js';
import type { Clock } from '../../foundation/clock.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { ChangeAuthor } from './change-author.js';
import type { PlannedStep } from './planned-step.js';
import { writeChanges } from './write-changes.js';

/** What is to be changed, and what whoever asked for it is told. */
export interface Edit<Result> {
  readonly steps: readonly PlannedStep[];
  readonly result: Result;
}

export interface ConfigurationEditorOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Brings a change into force: on this node before it resolves, elsewhere soon. */
  readonly onChanged: () => Promise<void>;
}

/** The one way in which the management API changes the configuration. */
export class ConfigurationEditor {
  readonly #options: ConfigurationEditorOptions;

  constructor(options: ConfigurationEditorOptions) {
    this.#options = options;
  }

  /**
   * Makes changes in one transaction and remembers who made them; no step, no change.
   * @param plan finds out what is to be done, while nobody else changes the configuration. What is slow belongs before it.
   * @throws what `plan` throws, and nothing has changed then; StorageUnavailableError
   */
  async edit<Result>(author: ChangeAuthor, plan: (transaction: Transaction) => Promise<Edit<Result>>): Promise<Result> {
    const { database, clock, onChanged } = this.#options;
    const { steps, result } = await database.write(async (transaction) => {
      await lockRevision(transaction);
      const edit = await plan(transaction);
      if (edit.steps.length === 0) return edit;
      await writeChanges(transaction, edit.steps, { author, at: clock.now() });
      await bumpRevision(transaction);
      return edit;
    });
    if (steps.length > 0) await onChanged();
    return result;
  }

  /** Brings into force what was written by another way, as {@link edit} does. */
  announce(): Promise<void> {
    return this.#options.onChanged();
  }
}
