import { claimRevision } from '../../cluster/configuration-revision.js';
import { type Change, type ChangeAuthor, commandLine, writeChanges } from '../changes/index.js';
import type { ApplyContext } from './apply-context.js';
import { ConfigurationChangingError } from './apply-errors.js';
import type { ApplyFile } from './apply-file.js';
import { type ApplyPlan, planApply } from './plan-apply.js';
import type { NewTokenKey } from './plan-tokens.js';

export interface ApplyOptions {
  /** Say what would change, and write nothing. */
  readonly dryRun?: boolean;
  /** Disable users, tokens, channels and models that the file does not name. */
  readonly prune?: boolean;
  /** Who is remembered for the changes; left out: the command line. */
  readonly author?: ChangeAuthor;
}

export interface ApplyResult {
  readonly dryRun: boolean;
  readonly changes: readonly Change[];
  /** What the operator should know although it changes nothing. */
  readonly notes: readonly string[];
  /** Keys made for new tokens; empty in a dry run. Show them: they are stored nowhere. */
  readonly newKeys: readonly NewTokenKey[];
}

/** Plans made before giving up, if others keep changing the configuration in between. */
const plansMax = 5;

/**
 * Makes the database what the file says, in one transaction; a second run changes nothing.
 * @throws ApplyFileError, ConfigurationChangingError, StorageUnavailableError; nothing was written then.
 */
export async function executeApply(context: ApplyContext, file: ApplyFile, options: ApplyOptions = {}): Promise<ApplyResult> {
  for (let plans = 0; plans < plansMax; plans += 1) {
    const plan = await planApply(context, file, { prune: options.prune ?? false });
    const dryRun = options.dryRun ?? false;
    if (dryRun || plan.steps.length === 0 || (await write(context, plan, options.author ?? commandLine))) return resultOf(plan, dryRun);
  }
  throw new ConfigurationChangingError();
}

/** False if the configuration has changed since the plan was made. */
function write({ database, clock }: ApplyContext, plan: ApplyPlan, author: ChangeAuthor): Promise<boolean> {
  return database.write(async (transaction) => {
    if (!(await claimRevision(transaction, plan.revision))) return false;
    await writeChanges(transaction, plan.steps, { author, at: clock.now() });
    return true;
  });
}

function resultOf(plan: ApplyPlan, dryRun: boolean): ApplyResult {
  return { dryRun, changes: plan.steps.map(({ change }) => change), notes: plan.notes, newKeys: dryRun ? [] : plan.newKeys };
}
