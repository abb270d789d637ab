import { z } from 'zod';
import { nameSchema } from '../../foundation/name-schema.js';
import { defineSettings } from '../settings/index.js';
import { defaultGroup } from './group.js';

/** What is about all groups together. */
export const groupsSettings = defineSettings('groups', {
  autoOrder: z
    .array(nameSchema)
    .max(100)
    .refine((groups) => new Set(groups).size === groups.length, 'A group stands there twice.')
    .default([])
    .meta({
      title:
        'Groups through which a token of the group `auto` goes, first to last, those only that its user may use; where that is none, the own group of the user',
      example: ['cheap', 'default'],
    }),
  newUserGroup: nameSchema.default(defaultGroup).meta({ title: 'Group of new users' }),
});
