import { geminiProvider } from '@tollgate/adapter-gemini';
import { openaiCompatible } from '@tollgate/adapter-openai';
import {
  defineProvider,
  type Dialect,
  type PriceList,
  type ProviderAdapter,
  type ProviderCall,
  type SpokenDialect,
  type WireRequest,
} from '@tollgate/plugin-kit';
import type { ModelListing, Preset, PresetSpeech } from './preset.js';
import { balanceQuestion } from './preset-balance.js';
import { configOf, type PresetConfig, type PresetConfigSchema } from './preset-config.js';
import { dialectOf } from './preset-dialect.js';
import { classifierOf } from './preset-failures.js';
import { modelsIn } from './preset-models.js';
import { type Family, familyOf } from './spoken-dialects.js';

export type PresetProvider = ProviderAdapter<PresetConfigSchema>;

/** The version whose requests the dialect writes. A client's own version passes on where its bytes do. */
const claudeVersion = '2023-06-01';

/** The provider that a preset declares. @throws Error if it names a list of prices that there is not. */
export function presetProvider(preset: Preset): PresetProvider {
  const { id, title, models, balance, prices, refusals = [] } = preset;
  const speaks = spokenBy(preset);
  const families = new Map(speaks.map(({ dialect, family }) => [dialect.id, family]));
  const lists = prices?.map(priceListOf);
  return defineProvider({
    id,
    title,
    vendor: id,
    config: configOf(preset),
    speaks: speaks.map(({ family: _family, ...spoken }) => spoken),
    headers: (call) => ({
      ...passedHeaders(call),
      ...preset.headers,
      ...fieldHeaders(preset, call.config),
      ...credentials(preset, call.config, families.get(call.dialect.id) ?? 'openai', call.clientHeaders['anthropic-version']),
      'content-type': 'application/json',
    }),
    requestIdHeaders: ['x-request-id', 'request-id'],
    classify: classifierOf(refusals),
    ...(models === undefined
      ? {}
      : isListing(models)
        ? { models: listedModels(preset, models) }
        : { knownModels: models.map((known) => (typeof known === 'string' ? { id: known } : known)) }),
    ...(balance === undefined ? {} : { balance: balanceQuestion(preset, balance, (config, path) => askedFor(preset, config, path)) }),
    ...(lists === undefined ? {} : { prices: lists }),
    ...(openaiCompatible.tokenFamilies === undefined ? {} : { tokenFamilies: openaiCompatible.tokenFamilies }),
  });
}

type Spoken = SpokenDialect<PresetConfig> & { readonly family: Family };

function spokenBy(preset: Preset): readonly Spoken[] {
  const named = preset.speaks.map((speech, index) => spokenOf(speech, nameOf(preset, speech, index)));
  const chats = preset.speaks.filter(({ dialect }) => dialect === 'openai-chat');
  const general = chats.find(({ models }) => models === undefined) ?? chats[0];
  if (general === undefined || preset.speaks.some(({ dialect }) => dialect === 'openai-chat-think-tags')) return named;
  const tagged: PresetSpeech = { ...general, dialect: 'openai-chat-think-tags', onDemand: true };
  return [...named, spokenOf(tagged, nameOf(preset, tagged, preset.speaks.length))];
}

/** What is spoken with habits has a name of its own: `mistral-chat`, and `groq-chat-2` where one place has several. */
function nameOf({ id, speaks }: Preset, { dialect }: PresetSpeech, index: number): string {
  const earlier = speaks.slice(0, index).filter((speech) => speech.dialect === dialect && hasHabits(speech)).length;
  return `${id}-${dialect.replace(/^openai-|^claude-/, '')}${earlier === 0 ? '' : `-${earlier + 1}`}`;
}

function hasHabits({ habits = [], refuses = [] }: PresetSpeech): boolean {
  return habits.length + refuses.length > 0;
}

function spokenOf(speech: PresetSpeech, name: string): Spoken {
  const { path, models, onDemand, keeps } = speech;
  const family = familyOf(speech.dialect);
  const dialect = dialectOf(speech, name);
  return {
    family,
    dialect,
    url: (call) => (family === 'gemini' ? geminiUrl(call, dialect, path) : `${call.config['baseUrl']}${filled(path, call.config)}`),
    ...(keeps === undefined ? {} : { resourceUrl: (call, resource) => resourceUrl(call.config, path, resource) }),
    ...(models === undefined ? {} : { models: (model: string) => models.test(model) }),
    ...(onDemand === undefined ? {} : { onDemand }),
  };
}

function filled(path: string, config: PresetConfig): string {
  return path.replace(/\{(\w+)\}/g, (_whole, field: string) => encodeURIComponent(config[field] ?? ''));
}

function geminiUrl(call: ProviderCall<PresetConfig>, dialect: Dialect, path: string): string {
  const spoken = geminiProvider.speaks.find((one) => one.dialect === dialect);
  const config = { baseUrl: `${call.config['baseUrl']}${path}`, apiKey: call.config['apiKey'] ?? '', apiVersion: 'v1beta' };
  return spoken?.url({ ...call, config }) ?? '';
}

/** Resources of Responses stand beside it, below the same version. */
function resourceUrl(config: PresetConfig, path: string, resource: string): string {
  return `${config['baseUrl']}${filled(path.replace(/\/responses$/, ''), config)}${resource.replace(/^\/v1/, '')}`;
}

function passedHeaders({ clientHeaders }: ProviderCall<PresetConfig>): Record<string, string> {
  const stated = Object.entries(clientHeaders).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return Object.fromEntries(stated.map(([name, value]) => [name, typeof value === 'string' ? value : value.join(', ')]));
}

function fieldHeaders({ fields = {} }: Preset, config: PresetConfig): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { header }]) => {
      const value = config[name];
      return header === undefined || value === undefined ? [] : [[header, value]];
    }),
  );
}

/** Places that understand Claude's language take the key as its vendor does, or as a bearer token, or either: they are given both. */
function credentials({ keyHeader }: Preset, { apiKey }: PresetConfig, family: Family, version: unknown): Record<string, string> {
  const stated = family === 'claude' ? { 'anthropic-version': typeof version === 'string' ? version : claudeVersion } : {};
  if (apiKey === undefined) return stated;
  if (family === 'gemini') return { 'x-goog-api-key': apiKey };
  if (family === 'claude') return { ...stated, 'x-api-key': apiKey, authorization: `Bearer ${apiKey}` };
  return keyHeader === undefined ? { authorization: `Bearer ${apiKey}` } : { [keyHeader]: apiKey };
}

function isListing(models: NonNullable<Preset['models']>): models is ModelListing {
  return 'path' in models;
}

function listedModels(preset: Preset, { path, form, hasPrices }: ModelListing): NonNullable<PresetProvider['models']> {
  return {
    request: (config) => askedFor(preset, config, path),
    read: (body) => modelsIn(body, form),
    ...(hasPrices === undefined ? {} : { hasPrices }),
  };
}

/** A question that costs nothing. */
function askedFor(preset: Preset, config: PresetConfig, path: string): WireRequest {
  return {
    method: 'GET',
    url: `${config['baseUrl']}${filled(path, config)}`,
    headers: { ...preset.headers, ...fieldHeaders(preset, config), ...credentials(preset, config, 'openai', undefined) },
  };
}

function priceListOf(vendor: string): PriceList {
  const found = openaiCompatible.prices?.find((list) => list.vendor === vendor);
  if (found === undefined) throw new Error(`There is no list of the prices of ${vendor}.`);
  return found;
}
