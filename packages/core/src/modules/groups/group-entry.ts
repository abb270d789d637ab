import { z } from 'zod';
import { nameSchema } from '../../foundation/name-schema.js';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import { decimalSchema } from '../pricing/index.js';
import { autoGroup, everyone, type Group } from './group.js';

/** What a group may be called. */
export const groupNameSchema = nameSchema.refine(
  (name) => name !== autoGroup,
  `No group is called "${autoGroup}": tokens say it to be served by whichever group can.`,
);

/** A group as somebody states it: apply file and management API are checked by it. */
export const groupEntryShape = {
  description: z.string().max(2_000).optional().meta({ title: 'What people read who may choose it' }),
  ratio: decimalSchema.optional().meta({ title: 'What calls of the group cost, relative to the price list' }),
  ratiosByUserGroup: z
    .record(nameSchema, decimalSchema)
    .optional()
    .meta({ title: 'What they cost users of other groups, by their group, where that differs' }),
  usableBy: z
    .union([z.literal(everyone), z.array(nameSchema).max(1_000)], { error: `Expected a list of groups, or "${everyone}".` })
    .default([])
    .meta({ title: 'Groups whose users may choose it for their tokens, or `everyone`; its own users always may' }),
};

export const groupEntrySchema = z.strictObject(groupEntryShape);
export type GroupEntry = z.output<typeof groupEntrySchema>;

/** The group that the entry states, in the place of the one that is known by this name. */
export function groupOf(name: string, entry: GroupEntry, known: Group | undefined, clock: Clock): Group {
  const { description, ratio, ratiosByUserGroup, usableBy } = entry;
  return {
    id: known?.id ?? newId(),
    name,
    usableBy,
    createdAt: known?.createdAt ?? clock.now(),
    ...(description === undefined ? {} : { description }),
    ...(ratio === undefined ? {} : { ratio }),
    ...(ratiosByUserGroup === undefined ? {} : { ratiosByUserGroup }),
  };
}
