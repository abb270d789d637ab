import type { Change, ChangeAction, FieldChange } from '../changes/index.js';
import type { ApplyResult } from './execute-apply.js';

const marks: Readonly<Record<ChangeAction, string>> = {
  create: '+',
  update: '~',
  enable: '~',
  disable: '-',
  delete: '-',
  grant: '+',
  budget: '~',
};

/** The result as the terminal shows it. Contains no secret but the keys made for new tokens, which are shown this once. */
export function presentApply({ dryRun, changes, notes, newKeys }: ApplyResult): string {
  return [
    ...changes.map(changeText),
    ...notes.map((note) => `! ${note}`),
    ...newKeys.map(({ name, key }) => `Key of the new token ${name}, shown only this once: ${key}`),
    summaryOf(changes.length, dryRun),
  ].join('\n');
}

function changeText({ action, kind, name, fields }: Change): string {
  const head = `${marks[action]} ${action} ${kind} ${name}`;
  if (action === 'enable' || action === 'disable' || action === 'delete') return head;
  return `${head}: ${fields.map((field) => fieldText(field)).join(', ')}`;
}

function fieldText({ field, from, to }: FieldChange): string {
  if (from === undefined) return `${field} ${to ?? ''}`;
  return `${field} ${from} → ${to ?? '(default)'}`;
}

function summaryOf(count: number, dryRun: boolean): string {
  if (count === 0) return 'Nothing to change.';
  const changes = count === 1 ? '1 change' : `${count} changes`;
  return dryRun ? `Dry run: ${changes}, nothing was written.` : `Applied ${changes}.`;
}
