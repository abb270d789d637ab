import { z } from 'zod';
import { nameSchema } from '../../foundation/name-schema.js';
import { millipointsFromPoints, millipointsMax, pointsText } from '../../foundation/millipoints.js';
import { channelEntrySchema } from '../channels/index.js';
import { groupEntryShape, groupNameSchema } from '../groups/index.js';
import { modelEntryShape, modelNameSchema, priceProblem, vendorEntrySchema } from '../models/index.js';
import { decimalSchema, priceSources } from '../pricing/index.js';
import { limitSchema } from '../limit-rules/index.js';
import { groupLimitsSchema } from '../limits/index.js';
import { routingStrategies } from '../routing/index.js';
import { isAddressOrBlock, tokenKeyCharactersMin } from '../tokens/index.js';
import { userRoles } from '../users/index.js';

const keyCharactersMax = 256;

const name = nameSchema;
const groupName = name.meta({ title: 'A group, of this file or of the database' });

const points = z.union([z.number(), z.string()], { error: 'Expected an amount of points.' }).transform((given, context) => {
  try {
    const amount = millipointsFromPoints(given);
    if (amount >= 0n && amount <= millipointsMax) return amount;
    context.addIssue({ code: 'custom', message: `Must be between 0 and ${pointsText(millipointsMax)} points.` });
  } catch {
    context.addIssue({ code: 'custom', message: 'Expected an amount of points with at most three decimals.' });
  }
  return z.NEVER;
});

const spendCap = points.refine((amount) => amount > 0n, 'Must be more than 0; leave it out for no cap.');

const spendCaps = z
  .strictObject({
    day: spendCap.optional().meta({ title: 'Points in a day' }),
    month: spendCap.optional().meta({ title: 'Points in a month' }),
  })
  .optional();

const expiry = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], { error: 'Expected a date such as 2030-12-31 or 2030-12-31T12:00:00Z.' })
  .transform((text) => Date.parse(text));

const groupFields = z.strictObject({
  ...groupEntryShape,
  limits: groupLimitsSchema.optional().meta({ title: 'The entry of the group in `limits.groups` of the settings; left out: unchanged' }),
  strategy: z
    .enum(routingStrategies)
    .optional()
    .meta({ title: 'The entry of the group in `routing.strategyOfGroups` of the settings; left out: unchanged' }),
});

/** A bare number is the ratio: groups and their ratios are often kept as one map. */
const group = z.union([groupFields, decimalSchema.transform((ratio): z.output<typeof groupFields> => ({ ratio, usableBy: [] }))], {
  error: 'Expected a ratio, such as 0.5, or an object with the fields of a group.',
});

const model = z
  .strictObject({
    name: modelNameSchema,
    ...modelEntryShape,
    priceSource: z.enum(priceSources).optional().meta({ title: 'Who set the price; left out: `manual`' }),
  })
  .superRefine(({ priceSource: _source, ...fields }, context) => {
    const message = priceProblem(fields);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** Tokens are named `username/name`: without slashes in usernames, that names one token. */
const username = name.regex(/^[^/]*$/, 'Must not contain a slash.');

const user = z.strictObject({
  username,
  password: z
    .string()
    .min(8, 'Must have at least 8 characters.')
    .max(1_024)
    .optional()
    .meta({ title: 'Left out: unchanged', secret: true }),
  role: z.enum(userRoles).optional().meta({ title: 'Left out: unchanged, `user` for a new one' }),
  group: groupName.optional().meta({ title: 'Left out: the setting `groups.newUserGroup`' }),
  ratio: decimalSchema.optional().meta({ title: 'A ratio of the user alone, instead of the ratio of the group' }),
  points: points.optional().meta({ title: 'Starting balance, granted once' }),
  spendCaps: spendCaps.meta({ title: 'What all tokens of the user may spend together; left out: no cap' }),
  enabled: z.boolean().default(true),
});

const token = z
  .strictObject({
    name,
    user: name.meta({ title: 'Username of the owner' }),
    key: z
      .string()
      .min(tokenKeyCharactersMin, `Must have at least ${tokenKeyCharactersMin} characters.`)
      .max(keyCharactersMax, `Must have at most ${keyCharactersMax} characters.`)
      .regex(/^[\x21-\x7e]*$/, 'Must be plain characters without spaces.')
      .optional()
      .meta({ title: 'Left out: one is made and shown once', secret: true }),
    unlimited: z.boolean().optional().meta({ title: 'Spends as long as its user can pay' }),
    points: points.optional().meta({ title: 'Budget: raising it by 1000 lets the token spend 1000 more' }),
    group: groupName
      .optional()
      .meta({ title: 'Left out: the group of the user; `auto`: the first of `groups.autoOrder` in the settings that can serve a call' }),
    models: z.array(name).optional().meta({ title: 'Left out: all' }),
    allowIps: z
      .array(z.string().refine(isAddressOrBlock, 'Expected an IP address or a CIDR block such as 10.0.0.0/8.'))
      .optional()
      .meta({ title: 'Left out: all' }),
    spendCaps: spendCaps.meta({ title: 'What the token may spend; left out: no cap' }),
    limits: limitSchema.optional().meta({ title: 'Limits of the token, each in the place of that for addresses; 0 = no limit' }),
    expiresAt: expiry.optional(),
    enabled: z.boolean().default(true),
  })
  .superRefine(({ unlimited, points }, context) => {
    if (unlimited === true && points !== undefined)
      context.addIssue({ code: 'custom', path: ['points'], message: 'A token has either points or `unlimited: true`.' });
    if (unlimited !== true && points === undefined)
      context.addIssue({ code: 'custom', message: 'Say what the token may spend: `points: 500000`, or `unlimited: true`.' });
  });

/** The declarative file: parsing, the JSON Schema and the documentation follow from this declaration. */
export const applySchema = z.strictObject({
  groups: z.record(groupNameSchema, group).default({}),
  vendors: z.record(name, vendorEntrySchema).default({}),
  models: z.array(model).default([]),
  channels: z.array(channelEntrySchema).default([]),
  users: z.array(user).default([]),
  tokens: z.array(token).default([]),
  settings: z.record(z.string(), z.record(z.string(), z.unknown())).default({}).meta({ title: 'Section → field → value' }),
});

export type ApplyDocument = z.output<typeof applySchema>;
export type UserEntry = ApplyDocument['users'][number];
export type TokenEntry = ApplyDocument['tokens'][number];

/** The JSON Schema of apply files, for editors. */
export function applyJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(applySchema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });
  return { $schema, title: 'Tollgate apply file', ...schema };
}
