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

/** What Bedrock serves by `InvokeModel`, in Anthropic's words. */
export const claudeModels: readonly string[] = [...Object.keys(versions), 'claude-sonnet-4-6', 'claude-opus-4-7', 'claude-opus-4-8'];

/** True for what is asked by `InvokeModel`: models of Claude, and ARNs, which do not tell. */
export function isClaude(model: string): boolean {
  return /claude|^arn:/i.test(model);
}

/** The id of a model at Bedrock: its own as it is, Anthropic's name with vendor, version and inference profile. */
export function bedrockModelId(model: string, inferenceProfile: string | undefined): string {
  if (!/^(?:anthropic\.)?claude-/.test(model)) return model;
  const id = model.startsWith('anthropic.') ? model : `anthropic.${versionedName(model)}`;
  return inferenceProfile === undefined ? id : `${inferenceProfile}.${id}`;
}

function versionedName(name: string): string {
  const family = name.replace(/-(?:latest|0|\d{8})$/, '');
  const version = versions[family];
  return version === undefined ? family : `${family}-${version}`;
}
