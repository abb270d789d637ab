import { type ProviderAdapter, secretFields } from '@tollgate/plugin-kit';
import type { Preset } from '@tollgate/provider-presets';

export interface ListedProvider {
  readonly provider: ProviderAdapter;
  readonly preset?: Preset;
}

export interface ProviderGroup {
  readonly title: string;
  readonly providers: readonly ListedProvider[];
}

/** The page of all providers, from their declarations. */
export function providersPage(groups: readonly ProviderGroup[]): string {
  const count = groups.reduce((sum, { providers }) => sum + providers.length, 0);
  return `${[introduction(count), ...groups.map(groupText), ending].join('\n\n')}\n`;
}

function introduction(count: number): string {
  return `# Providers

<!-- Written by \`npm run docs\` from the declarations of the providers. -->

The ${count} places that channels can name in \`provider\`. A channel needs a key, and an address only where the table shows none or another one is meant:

\`\`\`yaml
channels:
  - { name: deepseek, provider: deepseek, config: { apiKey: "\${DEEPSEEK_KEY}" }, models: [deepseek-v4-pro] }
  - { name: kimi, provider: moonshot, config: { baseUrl: international, apiKey: "\${KIMI_KEY}" }, models: [kimi-k2.5] }
\`\`\`

\`config.baseUrl\` takes an address, with or without the version, or one of the names behind the default. *Languages* are what the place is spoken to in: a client's own
is taken if it is there, else the first that serves the model. Those in brackets are used by channels whose \`config.dialects\` names them, as is chat with
thinking in tags, which all that speak chat have besides (\`openai-chat-think-tags\`, \`mistral-chat-think-tags\`). *Models*: whether the place lists
its models, or how many are known where it does not. *Prices*: whose public prices are [known](prices.md); "listed" are those that the place states itself.
*Balance*: ✓ where the place says what is left for a key ([how to ask](management-api.md)).`;
}

const ending = `Any other place that speaks chat completions is reached by \`openai-compatible\`, any that speaks Claude's messages by \`claude\`, each with its address;
[write-a-provider.md](write-a-provider.md) tells how to add one.`;

function groupText({ title, providers }: ProviderGroup): string {
  const rows = providers.map(({ provider, preset }) => `| ${cells(provider, preset).join(' | ')} |`);
  return [
    `## ${title}`,
    '',
    '| provider | place | address | further fields | languages | models | prices | balance |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function cells(provider: ProviderAdapter, preset: Preset | undefined): readonly string[] {
  return [
    `\`${provider.id}\``,
    provider.title,
    addressOf(provider, preset),
    fieldsOf(provider),
    languagesOf(provider),
    modelsOf(provider),
    pricesOf(provider),
    provider.balance === undefined ? '–' : '✓',
  ];
}

function addressOf({ config }: ProviderAdapter, preset: Preset | undefined): string {
  const field = config.shape['baseUrl'] as { safeParse(value: unknown): { readonly data?: unknown } } | undefined;
  const { data } = field?.safeParse(undefined) ?? {};
  const regions = Object.entries(preset?.regions ?? {}).map(([name, url]) => `\`${name}\` ${hostOf(url)}`);
  return [typeof data === 'string' ? hostOf(data) : '–', ...regions].join('<br>');
}

function hostOf(url: string): string {
  return url.replace(/^https:\/\//, '');
}

function fieldsOf({ config }: ProviderAdapter): string {
  const others = Object.entries(config.shape).filter(([name]) => name !== 'baseUrl' && name !== 'apiKey');
  const needsKey = !isOptional(config.shape['apiKey']) || secretFields(config).length > 1;
  const key = needsKey ? [] : ['no key needed'];
  return [...key, ...others.map(([name, field]) => `\`${name}\`${isOptional(field) ? '' : ' (needed)'}`)].join(', ');
}

function isOptional(field: unknown): boolean {
  return (field as { safeParse(value: unknown): { readonly success: boolean } }).safeParse(undefined).success;
}

function languagesOf({ speaks }: ProviderAdapter): string {
  const generating = speaks.filter(({ dialect }) => dialect.operation === undefined || dialect.operation === 'generate');
  const always = [...new Set(generating.filter(({ onDemand }) => onDemand !== true).map(({ dialect }) => dialect.id))];
  const asked = [...new Set(generating.filter(({ onDemand }) => onDemand === true).map(({ dialect }) => dialect.id))];
  if (generating.length === 0) return speaks.map(({ dialect }) => dialect.id).join(', ');
  const rest = asked.filter((id) => !always.includes(id) && !id.endsWith('-think-tags'));
  return `${always.join(', ')}${rest.length === 0 ? '' : ` (${rest.join(', ')})`}`;
}

function modelsOf({ models, knownModels }: ProviderAdapter): string {
  return models === undefined ? String(knownModels?.length ?? '–') : 'listed';
}

function pricesOf({ prices = [], models }: ProviderAdapter): string {
  const vendors = prices.length > 3 ? `${prices.length} vendors` : prices.map(({ vendor }) => vendor).join(', ');
  return [vendors, models?.hasPrices === true ? 'listed' : ''].filter((text) => text !== '').join(', ') || '–';
}
