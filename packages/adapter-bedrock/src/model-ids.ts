import type { UpstreamModel } from '@tollgate/plugin-kit';

/** What may stand before an id, and says in which regions a request may be answered. */
export const inferenceProfiles = ['global', 'us', 'eu', 'apac', 'jp', 'au', 'ca', 'us-gov'] as const;

export type InferenceProfile = (typeof inferenceProfiles)[number];

/** Versions in Bedrock's ids, where they are not the name alone (guide "Claude on Amazon Bedrock", 2026-10). */
const versions: Readonly<Record<string, string>> = {
  'claude-3-haiku': '20240307-v1:0',
  'claude-3-5-haiku': '20241022-v1:0',
  'claude-3-7-sonnet': '20250219-v1:0',
  'claude-opus-4': '20250514-v1:0',
  'claude-sonnet-4': '20250514-v1:0',
  'claude-opus-4-1': '20250805-v1:0',
  'claude-sonnet-4-5': '20250929-v1:0',
  'claude-haiku-4-5': '20251001-v1:0',
  'claude-opus-4-5': '20251101-v1:0',
  'claude-opus-4-6': 'v1',
};

/** What Bedrock serves by `InvokeModel`, in Anthropic's words. What all of one age can read is what Anthropic's overview of models says. */
export const claudeModels: readonly UpstreamModel[] = [
  ...Object.keys(versions).map((id) => (id === 'claude-opus-4-6' ? { id } : { id, contextTokensMax: 200_000 })),
  ...['claude-sonnet-4-6', 'claude-opus-4-7', 'claude-opus-4-8'].map((id) => ({ id })),
];

/** A few of what is reached by `Converse`, and is certain to be called so (user guide, "Supported foundation models", 2026-10). */
export const converseModels: readonly UpstreamModel[] = [
  { id: 'amazon.nova-micro-v1:0', contextTokensMax: 128_000 },
  { id: 'amazon.nova-lite-v1:0', contextTokensMax: 300_000 },
  { id: 'amazon.nova-pro-v1:0', contextTokensMax: 300_000 },
  { id: 'amazon.nova-premier-v1:0', contextTokensMax: 1_000_000 },
  { id: 'amazon.nova-2-lite-v1:0', contextTokensMax: 1_000_000 },
  { id: 'meta.llama3-3-70b-instruct-v1:0' },
  { id: 'meta.llama4-maverick-17b-instruct-v1:0' },
  { id: 'meta.llama4-scout-17b-instruct-v1:0' },
  { id: 'mistral.mistral-large-2402-v1:0' },
  { id: 'mistral.pixtral-large-2502-v1:0' },
  { id: 'deepseek.r1-v1:0' },
  { id: 'deepseek.v3-v1:0' },
  { id: 'openai.gpt-oss-20b-1:0' },
  { id: 'openai.gpt-oss-120b-1:0' },
  { id: 'qwen.qwen3-32b-v1:0' },
  { id: 'qwen.qwen3-coder-30b-a3b-v1:0' },
];

/** Makers of models that the endpoint in OpenAI's language serves; there their names have no version behind a colon. */
const makersAtMantle = /^(?:deepseek|google|minimax|mistral|moonshotai|nvidia|openai|qwen|zai)\./;

const makersElsewhere =
  /(?:^|[./])(?:ai21|amazon|cohere|deepseek|google|meta|minimax|mistral|moonshot(?:ai)?|nvidia|openai|qwen|writer|zai)\./;

/** True for what is asked by `InvokeModel`: models of Claude, and ARNs, unless they say that they are of another maker. */
export function isClaude(model: string): boolean {
  return /claude/i.test(model) || (model.startsWith('arn:') && !makersElsewhere.test(model));
}

/** True for what the endpoint in OpenAI's language serves. */
export function isAtMantle(model: string): boolean {
  return makersAtMantle.test(model) && !/:\d+$/.test(model);
}

/** True for what is asked by `Converse`: all that is neither Claude's nor at the endpoint in OpenAI's language. */
export function isConverse(model: string): boolean {
  return !isClaude(model) && !isAtMantle(model);
}

/** The id of a model at Bedrock: its own as it is, Anthropic's name with vendor, version and inference profile. */
export function bedrockModelId(model: string, inferenceProfile: string | undefined): string {
  if (!/^(?:anthropic\.)?claude-/.test(model)) return model;
  const id = model.startsWith('anthropic.') ? model : `anthropic.${versionedName(model)}`;
  return inferenceProfile === undefined ? id : `${inferenceProfile}.${id}`;
}

/** The id of a model without an inference profile before it. */
export function foundationModelId(model: string): string {
  const profile = inferenceProfiles.find((one) => model.startsWith(`${one}.`));
  return profile === undefined ? model : model.slice(profile.length + 1);
}

function versionedName(name: string): string {
  const family = name.replace(/-(?:latest|0|\d{8})$/, '');
  const version = versions[family];
  return version === undefined ? family : `${family}-${version}`;
}
