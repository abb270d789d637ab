import { type ChangeKind, type PlannedStep, stepsFor } from '../changes/index.js';
import { updateChannel } from '../channels/index.js';
import { defaultGroup, deleteGroup } from '../groups/index.js';
import { updateModel } from '../models/index.js';
import type { Transaction } from '../../storage/database.js';
import { updateToken } from '../tokens/index.js';
import { updateUser } from '../users/index.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';
import { newUserGroupOf } from './group-settings.js';

interface Prunable {
  /** Undefined counts as enabled. */
  readonly enabled?: boolean;
}

/**
 * Disables what the file does not name, of the kinds that it has a section for: what was exported in part must not end everything else. Root
 * accounts stay: without one, nobody could manage the gateway.
 */
export function planPrune(document: ApplyDocument, state: ApplyState, sections: ReadonlySet<string>): readonly PlannedStep[] {
  const usernames = new Set(document.users.map(({ username }) => username));
  const modelNames = new Set(document.models.map(({ name }) => name));
  const channelNames = new Set(document.channels.map(({ name }) => name));
  const tokenNames = new Set(document.tokens.map(({ user, name }) => `${user}/${name}`));
  const users = [...state.users.values()].filter(({ username, role }) => !usernames.has(username) && role !== 'root');
  const tokens = [...state.tokens].filter(([name]) => !tokenNames.has(name));
  const channels = [...state.channels.values()].filter(({ name }) => !channelNames.has(name));
  const models = [...state.models.values()].filter(({ name, priceSource }) => !modelNames.has(name) && priceSource !== 'preset');
  const plans: Readonly<Record<string, () => readonly PlannedStep[]>> = {
    users: () => users.flatMap((user) => disable('user', user.username, user, updateUser)),
    tokens: () => tokens.flatMap(([name, token]) => disable('token', name, token, updateToken)),
    channels: () => channels.flatMap((channel) => disable('channel', channel.name, channel, updateChannel)),
    models: () => models.flatMap((model) => disable('model', model.name, model, updateModel)),
    groups: () => planUnusedGroups(document, state),
  };
  return Object.entries(plans).flatMap(([section, plan]) => (sections.has(section) ? plan() : []));
}

function disable<Thing extends Prunable>(
  kind: ChangeKind,
  name: string,
  thing: Thing,
  update: (transaction: Transaction, thing: Thing) => Promise<void>,
): readonly PlannedStep[] {
  return stepsFor({ kind, name, before: { enabled: thing.enabled }, after: { enabled: false } }, (transaction) =>
    update(transaction, { ...thing, enabled: false }),
  );
}

/** Groups have no history of their own, so those that nothing names any more are deleted. */
function planUnusedGroups(document: ApplyDocument, state: ApplyState): readonly PlannedStep[] {
  const used = usedGroups(document, state);
  return [...state.groups.values()]
    .filter(({ name }) => !used.has(name))
    .map(({ id, name }) => ({
      change: { action: 'delete', kind: 'group', name, fields: [] },
      run: (transaction) => deleteGroup(transaction, id),
    }));
}

/** As things are after the file was applied: what it names is in the groups it says, everything else where it was. */
function usedGroups(document: ApplyDocument, state: ApplyState): ReadonlySet<string> {
  const newUserGroup = newUserGroupOf(document, state);
  const autoOrder = document.settings['groups']?.['autoOrder'] ?? state.settings.get('groups')?.['autoOrder'] ?? [];
  const named = {
    users: new Map(document.users.map(({ username, group }) => [username, group ?? newUserGroup])),
    channels: new Map(document.channels.map((channel) => [channel.name, channel.groups])),
    tokens: new Map(document.tokens.map((token) => [`${token.user}/${token.name}`, token.group])),
  };
  return new Set([
    defaultGroup,
    newUserGroup,
    ...(autoOrder as readonly string[]),
    ...Object.keys(document.groups),
    ...named.users.values(),
    ...[...named.channels.values()].flat(),
    ...[...named.tokens.values()].flatMap((group) => group ?? []),
    ...[...state.users.values()].filter(({ username }) => !named.users.has(username)).map(({ group }) => group),
    ...[...state.channels.values()].filter(({ name }) => !named.channels.has(name)).flatMap(({ groups }) => groups),
    ...[...state.tokens].filter(([name]) => !named.tokens.has(name)).flatMap(([, { group }]) => group ?? []),
  ]);
}
