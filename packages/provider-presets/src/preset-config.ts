import { secret, z } from '@tollgate/plugin-kit';
import type { Preset } from './preset.js';
import { familyOf } from './spoken-dialects.js';

/** What a channel of any preset is configured with: `baseUrl` is a root without a slash at its end. */
export type PresetConfig = Readonly<Record<string, string | undefined>>;
export type PresetConfigSchema = z.ZodObject<Record<string, z.ZodType<string | undefined>>>;

/** What follows an address as vendors print it, by the languages that have one. */
const operations = /\/(?:chat\/completions|completions|responses|embeddings|rerank|messages|chat|embed)$/;

const addressHelp = 'The root of the host; an address with the version, as vendors print it, is understood, too.';

export function configOf(preset: Preset): PresetConfigSchema {
  const fields = Object.entries(preset.fields ?? {}).map(([name, { title, description, header }]) => {
    const text = z
      .string()
      .regex(/^[\w.:/ @-]+$/)
      .refine((value) => header !== undefined || /^[\w-]+$/.test(value), { error: 'only letters, digits, - and _' })
      .meta({ title, ...(description === undefined ? {} : { description }) });
    return [name, header === undefined ? text : text.optional()] as const;
  });
  const key = secret('API key');
  return z.object({
    baseUrl: addressOf(preset),
    apiKey: preset.key === 'optional' ? key.optional() : key,
    ...Object.fromEntries(fields),
  });
}

function addressOf(preset: Preset): z.ZodType<string> {
  const { baseUrl, regions = {} } = preset;
  const names = Object.keys(regions);
  const error = names.length === 0 ? 'an address' : `an address, or one of: ${names.join(', ')}`;
  const url = z.url({ protocol: /^https?$/, error });
  const choices = names.map((name) => `${name} (${regions[name]})`).join(', ');
  const field = (names.length === 0 ? url : z.union([z.enum(names), url], { error }))
    .meta({ title: 'Base URL', description: `${addressHelp}${names.length === 0 ? '' : ` Or by name: ${choices}.`}` })
    .transform((address: string) => rootOf(preset, regions[address] ?? address));
  return baseUrl === undefined ? field : field.default(baseUrl);
}

/** The root of an address that goes on up to the version of one of the place's languages, as it stands in vendors' documents. */
function rootOf({ speaks }: Preset, address: string): string {
  const bare = address.replace(/\/+$/, '');
  const stems = speaks
    .filter(({ dialect }) => familyOf(dialect) !== 'gemini')
    .flatMap(({ path }) => {
      const stem = path.replace(operations, '');
      // Claude's clients are given an address without the version.
      return path.endsWith('/v1/messages') ? [stem, stem.replace(/\/v1$/, '')] : [stem];
    })
    .filter((stem) => stem !== '')
    .sort((one, other) => other.length - one.length);
  const stem = stems.find((ending) => bare.endsWith(ending));
  return stem === undefined ? bare : bare.slice(0, -stem.length);
}
