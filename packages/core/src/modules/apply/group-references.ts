import { autoGroup, everyone, mayUse } from '../groups/index.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyPath, ProblemAt } from './apply-source.js';
import type { ApplyState } from './apply-state.js';
import { newUserGroupOf } from './group-settings.js';

/** Groups that the file names and that are not there, and tokens of groups that their users may not use. */
export function groupProblems(document: ApplyDocument, state: ApplyState): readonly ProblemAt[] {
  return [...unknownGroups(document, state), ...forbiddenGroups(document, state)];
}

interface Use {
  readonly path: ApplyPath;
  readonly group: string;
}

function unknownGroups(document: ApplyDocument, state: ApplyState): readonly ProblemAt[] {
  const uses: readonly Use[] = [
    ...document.channels.flatMap(({ groups }, index) => groups.map((group, at) => ({ path: ['channels', index, 'groups', at], group }))),
    ...document.users.flatMap(({ group }, index) => (group === undefined ? [] : [{ path: ['users', index, 'group'], group }])),
    ...document.tokens.flatMap(({ group = autoGroup }, index) =>
      group === autoGroup ? [] : [{ path: ['tokens', index, 'group'], group }],
    ),
    ...usesOfSettings(document),
  ];
  return uses
    .filter(({ group }) => !Object.hasOwn(document.groups, group) && !state.groups.has(group))
    .map(({ path, group }) => ({ path, message: `There is no group "${group}": add it under \`groups\`.` }));
}

function usesOfSettings({ settings }: ApplyDocument): readonly Use[] {
  const { autoOrder, newUserGroup } = settings['groups'] ?? {};
  const ordered = Array.isArray(autoOrder) ? autoOrder : [];
  return [
    ...ordered.map((group, at) => ({ path: ['settings', 'groups', 'autoOrder', at], group: String(group) })),
    ...(typeof newUserGroup === 'string' ? [{ path: ['settings', 'groups', 'newUserGroup'], group: newUserGroup }] : []),
  ];
}

function forbiddenGroups(document: ApplyDocument, state: ApplyState): readonly ProblemAt[] {
  const newUserGroup = newUserGroupOf(document, state);
  const userGroups = new Map([
    ...[...state.users.values()].map(({ username, group }) => [username, group] as const),
    ...document.users.map(({ username, group = newUserGroup }) => [username, group] as const),
  ]);
  return document.tokens.flatMap(({ user, group }, index) => {
    if (group === undefined || group === autoGroup) return [];
    const usableBy = (document.groups[group] ?? state.groups.get(group))?.usableBy;
    const userGroup = userGroups.get(user);
    if (userGroup === undefined || usableBy === undefined || mayUse(userGroup, { name: group, usableBy })) return [];
    const message = `Users of "${userGroup}" may not use "${group}": name their group in its \`usableBy\`, or say \`usableBy: ${everyone}\`.`;
    return [{ path: ['tokens', index, 'group'], message }];
  });
}
