import { z } from 'zod';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import type { Group } from './group.js';
import { groupEntryShape } from './group-entry.js';

const { description, ratio, ratiosByUserGroup, usableBy } = groupEntryShape;

/** What is to become of a group: left out, a field stays; null takes it away. */
export const groupChangeShape = {
  description: description.nullable(),
  ratio: ratio.nullable(),
  ratiosByUserGroup: ratiosByUserGroup.nullable(),
  usableBy: usableBy.unwrap().optional(),
};
const schema = z.strictObject(groupChangeShape);
export type GroupChange = z.output<typeof schema>;

/** The group after the change; a new one, where none is known. */
export function changedGroup(name: string, known: Group | undefined, change: GroupChange, clock: Clock): Group {
  const group = known ?? { id: newId(), name, usableBy: [], createdAt: clock.now() };
  const stated = Object.entries(change).filter(([, value]) => value !== undefined);
  const all = { ...group, ...Object.fromEntries(stated) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as unknown as Group;
}
