import { pointsText } from '../../foundation/millipoints.js';
import type { SpendCaps } from '../spending/index.js';
import type { Token } from '../tokens/index.js';
import type { User } from '../users/index.js';
import type { ApplyState } from './apply-state.js';
import { type ExportPlaceholders, stated, withoutVariables } from './export-placeholders.js';

type Fields = Readonly<Record<string, unknown>>;

/** Users as an apply file has them. A password is kept as what nobody can turn back, so there is a place for one and no more. */
export function exportedUsers(state: ApplyState, placeholders: ExportPlaceholders): readonly Fields[] {
  return sorted(state.users).map(([, user], index) => exportedUser(user, index, state, placeholders));
}

function exportedUser(
  { id, username, role, group, ratio, spendCaps, enabled }: User,
  index: number,
  state: ApplyState,
  placeholders: ExportPlaceholders,
): Fields {
  const points = state.startingBalances.get(id);
  const hasPassword = state.passwordHashes.has(id);
  return stated({
    username: withoutVariables(username),
    password: hasPassword ? placeholders.at(['users', index, 'password'], 'user', username, 'password') : undefined,
    role: role === 'user' ? undefined : role,
    group: withoutVariables(group),
    ratio,
    points: points === undefined ? undefined : pointsText(points),
    spendCaps: exportedCaps(spendCaps),
    enabled: enabled ? undefined : false,
  });
}

/** Tokens as an apply file has them. Their keys are known to their callers alone. */
export function exportedTokens(state: ApplyState, placeholders: ExportPlaceholders): readonly Fields[] {
  const usernames = new Map([...state.users.values()].map(({ id, username }) => [id, username]));
  return sorted(state.tokens).map(([, token], index) =>
    exportedToken(token, usernames.get(token.userId) ?? '', index, state, placeholders),
  );
}

function exportedToken(token: Token, username: string, index: number, state: ApplyState, placeholders: ExportPlaceholders): Fields {
  const { id, name, group, models, allowIps, spendCaps, limits, expiresAt, enabled } = token;
  const budget = state.budgetTargets.get(id) ?? 'unlimited';
  return stated({
    name: withoutVariables(name),
    user: withoutVariables(username),
    key: placeholders.at(['tokens', index, 'key'], 'token', username, name, 'key'),
    unlimited: budget === 'unlimited' ? true : undefined,
    points: budget === 'unlimited' ? undefined : pointsText(budget),
    group: withoutVariables(group),
    models: withoutVariables(models),
    allowIps,
    spendCaps: exportedCaps(spendCaps),
    limits,
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt).toISOString(),
    enabled: enabled ? undefined : false,
  });
}

function exportedCaps(caps: SpendCaps | undefined): Fields | undefined {
  if (caps === undefined) return undefined;
  return stated({
    day: caps.day === undefined ? undefined : pointsText(caps.day),
    month: caps.month === undefined ? undefined : pointsText(caps.month),
  });
}

/** By name, so that the same configuration gives the same file. */
function sorted<Thing>(things: ReadonlyMap<string, Thing>): readonly (readonly [string, Thing])[] {
  return [...things].sort(([one], [other]) => (one < other ? -1 : 1));
}
