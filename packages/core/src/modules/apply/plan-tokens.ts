import { newId } from '../../foundation/ids.js';
import { type Millipoints, pointsText } from '../../foundation/millipoints.js';
import { type Facts, type PlannedStep, SecretFact, stepsFor } from '../changes/index.js';
import { limitShape } from '../limit-rules/index.js';
import { spendCapFacts, spendCapsOf } from './plan-spend-caps.js';
import { hashTokenKey, insertToken, newTokenKey, type Token, tokenKeyPrefix, updateToken } from '../tokens/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument, TokenEntry } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';

/** A key that was made for a token without one. This is the only time it is known. */
export interface NewTokenKey {
  /** `username/name` of the token. */
  readonly name: string;
  readonly key: string;
}

export interface PlannedTokens {
  readonly steps: readonly PlannedStep[];
  readonly newKeys: readonly NewTokenKey[];
}

export function planTokens(
  document: ApplyDocument,
  userIds: ReadonlyMap<string, string>,
  state: ApplyState,
  context: ApplyContext,
): PlannedTokens {
  const planned = document.tokens.map((entry) => {
    const userId = userIds.get(entry.user) ?? state.users.get(entry.user)?.id;
    if (userId === undefined) throw new TypeError(`The user of token ${entry.name} was not checked.`);
    return planToken(entry, userId, state, context);
  });
  return { steps: planned.flatMap(({ steps }) => steps), newKeys: planned.flatMap(({ newKeys }) => newKeys) };
}

function planToken(entry: TokenEntry, userId: string, state: ApplyState, { books, clock }: ApplyContext): PlannedTokens {
  const name = `${entry.user}/${entry.name}`;
  const known = state.tokens.get(name);
  const madeKey = known === undefined && entry.key === undefined ? newTokenKey() : undefined;
  const token = tokenOf(entry, known, userId, madeKey ?? entry.key, clock.now());
  const target = entry.points ?? 'unlimited';
  if (known === undefined) {
    const steps = stepsFor(
      { kind: 'token', name, before: undefined, after: { ...factsOf(token), points: targetText(target) } },
      async (transaction) => {
        await insertToken(transaction, token);
        await books.openTokenBudget(transaction, token.id, target);
      },
    );
    return { steps, newKeys: madeKey === undefined ? [] : [{ name, key: madeKey }] };
  }
  const changes = stepsFor({ kind: 'token', name, before: factsOf(known), after: factsOf(token) }, (transaction) =>
    updateToken(transaction, token),
  );
  return { steps: [...changes, ...planBudget(token, name, target, state, books)], newKeys: [] };
}

function tokenOf(entry: TokenEntry, known: Token | undefined, userId: string, key: string | undefined, now: number): Token {
  const { name, group, models, allowIps, expiresAt, enabled } = entry;
  return {
    id: known?.id ?? newId(),
    userId,
    name,
    keyHash: key === undefined ? (known?.keyHash ?? '') : hashTokenKey(key),
    keyPrefix: key === undefined ? (known?.keyPrefix ?? '') : tokenKeyPrefix(key),
    enabled,
    createdAt: known?.createdAt ?? now,
    ...(group === undefined ? {} : { group }),
    ...(models === undefined ? {} : { models }),
    ...(allowIps === undefined ? {} : { allowIps }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...spendCapsOf(entry.spendCaps),
    ...limitsOf(entry.limits),
  };
}

function limitsOf(entry: TokenEntry['limits']): Pick<Token, 'limits'> {
  const stated = Object.entries(entry ?? {}).filter(([, limit]) => limit !== undefined);
  return stated.length === 0 ? {} : { limits: Object.fromEntries(stated) };
}

function factsOf({ keyHash, group, models, allowIps, spendCaps, limits, expiresAt, enabled }: Token): Facts {
  const expiry = expiresAt === undefined ? undefined : new Date(expiresAt).toISOString();
  return {
    key: new SecretFact(keyHash),
    group,
    models,
    allowIps,
    ...spendCapFacts(spendCaps),
    ...limitFacts(limits),
    expiresAt: expiry,
    enabled,
  };
}

/** Field by field, so that a change names the limit. */
function limitFacts(limits: Token['limits']): Facts {
  return Object.fromEntries(Object.keys(limitShape).map((field) => [`limits.${field}`, limits?.[field as keyof typeof limitShape]]));
}

function planBudget(
  token: Token,
  name: string,
  target: Millipoints | 'unlimited',
  state: ApplyState,
  books: ApplyContext['books'],
): readonly PlannedStep[] {
  const current = state.budgetTargets.get(token.id);
  if (current === target) return [];
  const from = current === undefined ? {} : { from: targetText(current) };
  return [
    {
      change: { action: 'budget', kind: 'token', name, fields: [{ field: 'points', ...from, to: targetText(target) }] },
      run: (transaction) => books.retargetTokenBudget(transaction, token.id, target),
    },
  ];
}

function targetText(target: Millipoints | 'unlimited'): string {
  return target === 'unlimited' ? target : pointsText(target);
}
