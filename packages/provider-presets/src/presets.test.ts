import { openaiCompatible } from '@tollgate/adapter-openai';
import { describe, expect, it } from 'vitest';
import { z } from '@tollgate/plugin-kit';
import { habits } from './habits/index.js';
import { presetProvider } from './preset-provider.js';
import { presets } from './presets/index.js';
import { spokenDialects } from './spoken-dialects.js';

const pattern = z.instanceof(RegExp).refine(({ flags }) => !/[gy]/.test(flags), 'remembers where it was');
const path = z.string().regex(/^(?:\/[\w.-]+|\/\{\w+\})+(?:\?[\w=&]+)?$/);
const root = z.url({ protocol: /^https?$/ }).refine((url) => !url.endsWith('/') && new URL(url).pathname === '/', 'is no root');
const names = z
  .array(z.string().min(1))
  .min(1)
  .refine((list) => new Set(list).size === list.length, 'names one twice');
const knownModels = z
  .array(z.union([z.string().min(1), z.strictObject({ id: z.string().min(1), contextTokensMax: z.int().positive() })]))
  .min(1)
  .refine((list) => new Set(list.map((one) => (typeof one === 'string' ? one : one.id))).size === list.length, 'names one twice');
const word = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);

const speech = z.strictObject({
  dialect: z.enum(Object.keys(spokenDialects)),
  path: z.union([path, z.literal('')]),
  models: pattern.optional(),
  habits: z
    .array(z.enum(Object.keys(habits)))
    .min(1)
    .optional(),
  refuses: names.optional(),
  onDemand: z.literal(true).optional(),
  keeps: z.literal(true).optional(),
});

const place = z.string().regex(/^\w+(?:\.\w+)*$/);
const currency = z.string().regex(/^[A-Z]{3}$/);
const balance = z.strictObject({
  path,
  each: place.optional(),
  amount: place,
  used: z.strictObject({ path: path.optional(), at: place, inHundredths: z.literal(true).optional() }).optional(),
  currency: z.union([currency, z.strictObject({ at: place })]),
  currencies: z.record(word, currency).optional(),
  unlimitedFrom: z.int().positive().optional(),
});

const declaration = z.strictObject({
  id: word,
  title: z.string().min(2),
  baseUrl: root.optional(),
  regions: z.record(word, root).optional(),
  key: z.literal('optional').optional(),
  keyHeader: word.optional(),
  fields: z
    .record(
      z.string().regex(/^[a-z]\w+$/),
      z.strictObject({ title: z.string(), description: z.string().optional(), header: word.optional() }),
    )
    .optional(),
  headers: z.record(word, z.string()).optional(),
  speaks: z.array(speech).min(1),
  models: z
    .union([
      knownModels,
      z.strictObject({ path, form: z.enum(['list', 'names-in-result']).optional(), hasPrices: z.literal(true).optional() }),
    ])
    .optional(),
  balance: balance.optional(),
  prices: names.optional(),
  refusals: z
    .array(
      z
        .strictObject({ names: names.optional(), says: pattern.optional(), kind: z.string() })
        .refine((hint) => hint.names !== undefined || hint.says !== undefined, 'matches nothing'),
    )
    .optional(),
});

const table = presets.map((preset) => ({ id: preset.id, preset }));

describe('presets', () => {
  it('are at least thirty places, each once', () => {
    const ids = presets.map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(30);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(table)('say of $id what a preset may say', ({ preset }) => {
    expect(declaration.safeParse(preset).error?.issues).toBeUndefined();
  });

  it.each(table)('show the key of $id to nobody on the way', ({ preset }) => {
    for (const url of [preset.baseUrl, ...Object.values(preset.regions ?? {})])
      expect(url === undefined || url.startsWith('https://') || url.startsWith('http://localhost:')).toBe(true);
  });

  it.each(table)('fill in of $id what its paths ask for', ({ preset }) => {
    const paths = [
      ...preset.speaks.map((one) => one.path),
      preset.models !== undefined && 'path' in preset.models ? preset.models.path : '',
      preset.balance?.path ?? '',
    ];
    const asked = new Set(paths.flatMap((one) => [...one.matchAll(/\{(\w+)\}/g)].map(([, field]) => field)));
    const inPaths = Object.entries(preset.fields ?? {}).flatMap(([name, { header }]) => (header === undefined ? [name] : []));
    expect([...asked]).toEqual(inPaths);
  });

  it.each(table)('give each language of $id a name of its own, and one that is always spoken', ({ preset }) => {
    const { speaks } = presetProvider(preset);
    const always = speaks.filter(({ onDemand }) => onDemand !== true);
    expect(always.length).toBeGreaterThan(0);
    const byName = new Map(speaks.map(({ dialect }) => [dialect.id, dialect]));
    for (const { dialect } of speaks) expect(byName.get(dialect.id)).toBe(dialect);
  });

  it('know the regions of which they state another currency', () => {
    for (const { balance: stated, regions = {} } of presets)
      for (const region of Object.keys(stated?.currencies ?? {})) expect(Object.keys(regions)).toContain(region);
  });

  it('know every vendor whose prices they name', () => {
    const known = new Set(openaiCompatible.prices?.map(({ vendor }) => vendor));
    expect(presets.flatMap(({ prices = [] }) => prices).filter((vendor) => !known.has(vendor))).toEqual([]);
  });

  it('put prices where their hosts are', () => {
    for (const preset of presets) {
      const hosts = [preset.baseUrl, ...Object.values(preset.regions ?? {})].flatMap((url) =>
        url === undefined ? [] : [new URL(url).hostname],
      );
      for (const list of presetProvider(preset).prices ?? []) expect(list.hosts?.some((host) => hosts.includes(host))).toBe(true);
    }
  });
});
