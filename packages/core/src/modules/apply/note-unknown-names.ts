import { everyone } from '../groups/index.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';

/**
 * Names in the file that nothing has. They may be given later and are no error, but a limit or ratio that was meant for another name, and
 * says nothing because of a typing error, must not go unnoticed.
 */
export function noteUnknownNames(document: ApplyDocument, state: ApplyState): readonly string[] {
  const groups = new Set([...Object.keys(document.groups), ...state.groups.keys()]);
  const models = new Set([
    ...[...document.models, ...state.models.values()].map(({ name }) => name),
    ...[...document.channels, ...state.channels.values()].flatMap((channel) => [...channel.models]),
  ]);
  const limits = document.settings['limits'] ?? {};
  return [
    ...unknownIn(limits['groups'], groups).map(
      (name) => `settings.limits.groups: there is no group "${name}", so these limits bind nobody.`,
    ),
    ...unknownIn(limits['models'], models).map(
      (name) => `settings.limits.models: nothing offers a model "${name}", so these limits bind nobody.`,
    ),
    ...Object.entries(document.groups).flatMap(([group, { usableBy }]) =>
      (usableBy === everyone ? [] : usableBy)
        .filter((name) => !groups.has(name))
        .map((name) => `groups.${group}.usableBy: there is no group "${name}", so it lets nobody in.`),
    ),
    ...Object.entries(document.groups).flatMap(([group, { ratiosByUserGroup }]) =>
      unknownIn(ratiosByUserGroup, groups).map(
        (name) => `groups.${group}.ratiosByUserGroup: there is no group "${name}", so this ratio is nobody's.`,
      ),
    ),
  ];
}

function unknownIn(named: unknown, known: ReadonlySet<string>): readonly string[] {
  return Object.keys(named ?? {}).filter((name) => !known.has(name));
}
