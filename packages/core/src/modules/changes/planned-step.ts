import type { Transaction } from '../../storage/database.js';
import { changedFields, type Facts, type FieldChange } from './facts.js';

export const changeActions = ['create', 'update', 'enable', 'disable', 'delete', 'grant', 'budget'] as const;
export type ChangeAction = (typeof changeActions)[number];

export const changeKinds = ['group', 'vendor', 'model', 'user', 'token', 'access-token', 'channel', 'setting'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** One change, as people see it. Never contains a secret. */
export interface Change {
  readonly action: ChangeAction;
  readonly kind: ChangeKind;
  readonly name: string;
  readonly fields: readonly FieldChange[];
}

/** A change and how it is made. */
export interface PlannedStep {
  readonly change: Change;
  run(transaction: Transaction): Promise<void>;
}

/** What has to happen to one thing so that its facts become `after`: nothing, if they are already. */
export function stepsFor(
  thing: { readonly kind: ChangeKind; readonly name: string; readonly before: Facts | undefined; readonly after: Facts },
  run: (transaction: Transaction) => Promise<void>,
): readonly PlannedStep[] {
  const { kind, name, before, after } = thing;
  const fields = changedFields(before ?? {}, after);
  if (before === undefined) return [{ change: { action: 'create', kind, name, fields }, run }];
  if (fields.length === 0) return [];
  return [{ change: { action: actionOf(fields, after), kind, name, fields }, run }];
}

function actionOf(fields: readonly FieldChange[], after: Facts): ChangeAction {
  const enabled = after['enabled'];
  if (fields.length > 1 || fields[0]?.field !== 'enabled' || enabled === undefined) return 'update';
  return enabled === true ? 'enable' : 'disable';
}
