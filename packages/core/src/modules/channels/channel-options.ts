import { z } from 'zod';
import { millipointsFromPoints, millipointsMax, pointsText } from '../../foundation/millipoints.js';
import { limitSchema } from '../limit-rules/index.js';
import { decimalSchema } from '../pricing/index.js';

/** What a database can search in a JSON column: PostgreSQL reads neither NUL nor half of a pair of surrogates there. */
function isSearchable(value: unknown): boolean {
  return !/\\u(0000|d[89a-f])/.test(JSON.stringify(value));
}
const unsearchable = 'Must not contain the control character NUL.';

const text = z.string().min(1).max(200).refine(isSearchable, unsearchable);
const milliseconds = z.int().min(1).max(86_400_000);

/** Model names; `*` stands for any number of characters. */
const patterns = z.array(text).min(1);

/** A field of a JSON body, its parts joined by dots: `reasoning.effort`. */
const fieldPath = z
  .string()
  .regex(/^[^.]+(\.[^.]+)*$/, 'Expected the path of a field, such as reasoning.effort.')
  .refine((path) => !/(^|\.)(__proto__|constructor|prototype)(\.|$)/.test(path), 'No such field can be set.');

/** Fields that decide where a call goes and what it costs: a rule that changed one would change it behind the price's back. */
const keptFields: ReadonlySet<string> = new Set(['model', 'stream']);

const parameterPath = fieldPath.refine((path) => !keptFields.has(path.split('.')[0] ?? ''), 'The gateway itself sets this field.');

/** Token characters of RFC 9110 §5.6.2. */
const headerName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'Expected the name of a header.')
  .transform((name) => name.toLowerCase())
  .refine((name) => !['host', 'content-length', 'transfer-encoding', 'connection'].includes(name), 'The gateway itself sets this header.');
const headerValue = z
  .string()
  .max(8_192)
  .regex(/^[\t\x20-\x7e]*$/, 'Must be plain characters on one line.');

const ofModels = { models: patterns.optional().meta({ title: 'For these models, by the names that callers use; left out: all' }) };

const parameterRule = z.strictObject({
  ...ofModels,
  default: z.record(parameterPath, z.json()).optional().meta({ title: 'Set where the request does not say it' }),
  set: z.record(parameterPath, z.json()).optional().meta({ title: 'Set whatever the request says' }),
  remove: z.array(parameterPath).optional().meta({ title: 'Taken out' }),
});

const headerRule = z.strictObject({
  ...ofModels,
  default: z.record(headerName, headerValue).optional().meta({ title: 'Set where the request to the upstream does not have it' }),
  set: z.record(headerName, headerValue).optional().meta({ title: 'Set whatever it has' }),
  remove: z.array(headerName).optional().meta({ title: 'Taken out' }),
});

const statusCode = z.string().regex(/^[45]\d\d$/, 'Expected a status from 400 to 599.');

/** Kept as text: options are JSON. */
const spendCap = z.union([z.number(), z.string()], { error: 'Expected an amount of points.' }).transform((given, context) => {
  try {
    const amount = millipointsFromPoints(given);
    if (amount > 0n && amount <= millipointsMax) return pointsText(amount);
  } catch {
    // Said below.
  }
  context.addIssue({ code: 'custom', message: 'Expected an amount of points above 0, with at most three decimals.' });
  return z.NEVER;
});

/** How keys of a channel take turns. */
export const keyOrders = ['random', 'in-turn'] as const;

/** What a channel may say beside its provider's own configuration: apply file, management API, storage and forms follow from it. */
export const channelOptionShape = {
  tag: text.optional().meta({ title: 'A label by which channels are changed together' }),
  remark: z.string().max(2_000).refine(isSearchable, unsearchable).optional(),
  keyOrder: z.enum(keyOrders).default('random').meta({ title: 'Which of several keys is next' }),
  costRatio: decimalSchema
    .default('1')
    .meta({ title: 'What the channel costs, relative to the list price: the strategy `cheapest` goes by it' }),
  timeouts: z
    .strictObject({
      connectMs: milliseconds.optional(),
      firstByteMs: milliseconds.optional(),
      idleMs: milliseconds.optional(),
    })
    .optional()
    .meta({ title: 'Left out: those of the settings' }),
  parameters: z
    .array(parameterRule)
    .refine(isSearchable, unsearchable)
    .optional()
    .meta({ title: 'Changes to the fields of requests, one after the other' }),
  systemPrompt: z
    .strictObject({
      ...ofModels,
      text: z.string().min(1).max(100_000),
      how: z
        .enum(['set', 'prepend', 'append', 'when-absent'])
        .default('when-absent')
        .meta({ title: "In the place of the caller's own, before it, behind it, or where there is none" }),
    })
    .optional()
    .meta({ title: 'Instructions that its models get' }),
  thinkingToContent: z
    .boolean()
    .default(false)
    .meta({ title: "Delivers its models' thinking as `<think>…</think>` in the text of the answer" }),
  headers: z.array(headerRule).optional().meta({ title: 'Changes to the headers of requests' }),
  statusMapping: z
    .record(statusCode, z.int().min(400).max(599))
    .optional()
    .meta({ title: 'Status of the upstream → status as which its failure is judged' }),
  limits: limitSchema
    .optional()
    .meta({ title: 'Limits of the channel, all nodes together; 0 = no limit. Calls beyond them go to other channels' }),
  keyLimits: limitSchema.optional().meta({ title: 'Limits of each of its keys' }),
  spendCaps: z
    .strictObject({
      day: spendCap.optional().meta({ title: 'Points in a day' }),
      month: spendCap.optional().meta({ title: 'Points in a month' }),
    })
    .optional()
    .meta({ title: 'What its calls may cost their callers; then others serve' }),
  testModel: text.optional().meta({ title: 'The model that its tests ask for; left out: the first of its models' }),
  syncModels: z
    .boolean()
    .default(true)
    .meta({ title: 'Its models follow the list of its upstream, where the settings `modelSync` say so' }),
  autoDisable: z.boolean().default(true).meta({ title: 'May be disabled by its failures' }),
  allowPrivate: z.boolean().default(false).meta({ title: 'May lead to loopback and private networks: for servers of your own' }),
  proxy: z
    .url({ protocol: /^(https?|socks5h?)$/, error: 'Expected the address of an http, https or socks5 proxy.' })
    .optional()
    .meta({ title: 'Proxy of its requests', secret: true }),
};

export const channelOptionsSchema = z.strictObject(channelOptionShape);

/** Options as they are read from the database: a node of a later release may have written more. */
export const storedOptionsSchema = z.object(channelOptionShape);

export type ChannelOptions = z.output<typeof channelOptionsSchema>;
export type ParameterRule = z.output<typeof parameterRule>;
export type HeaderRule = z.output<typeof headerRule>;

/** Options that are stored sealed. */
export const secretOptions: ReadonlySet<string> = new Set(['proxy']);

export const defaultChannelOptions: ChannelOptions = Object.freeze(channelOptionsSchema.parse({}));
