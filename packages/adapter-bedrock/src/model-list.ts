import { objectIn, objectsIn, type UpstreamModel } from '@tollgate/plugin-kit';
import { bedrockModelId, claudeModels, converseModels, foundationModelId, type InferenceProfile } from './model-ids.js';

const contexts: ReadonlyMap<string, number> = new Map(
  [...claudeModels.map(({ id, ...facts }) => ({ ...facts, id: bedrockModelId(id, undefined) })), ...converseModels].flatMap(
    ({ id, contextTokensMax }) => (contextTokensMax === undefined ? [] : [[id, contextTokensMax] as const]),
  ),
);

/**
 * What a region serves, from `ListFoundationModels` and `ListInferenceProfiles` (API reference of Amazon Bedrock;
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html): models that write text and are not on their way out, by
 * their own id where they are served on demand, by those of the profiles that reach them, and Claude by Anthropic's name where the channel finds it.
 */
export function listedModels(
  foundation: unknown,
  profiles: unknown,
  inferenceProfile: InferenceProfile | undefined,
): readonly UpstreamModel[] {
  const summaries = objectsIn(objectIn(foundation)?.['modelSummaries']).filter(isServed);
  const titles = new Map(
    summaries.flatMap(({ modelId, modelName }) => (typeof modelId === 'string' ? [[modelId, modelName] as const] : [])),
  );
  const onDemand = summaries.filter(({ inferenceTypesSupported: types }) => holds(types, 'ON_DEMAND')).map(({ modelId }) => modelId);
  const reached = objectsIn(objectIn(profiles)?.['inferenceProfileSummaries'])
    .filter(({ status, inferenceProfileId: id }) => status === 'ACTIVE' && typeof id === 'string' && titles.has(foundationModelId(id)))
    .map(({ inferenceProfileId }) => inferenceProfileId);
  const ids = new Set([...onDemand, ...reached].filter((id) => typeof id === 'string'));
  const named = claudeModels.filter(({ id }) => ids.has(bedrockModelId(id, inferenceProfile)));
  return [...[...ids].map((id) => modelOf(id, titles.get(foundationModelId(id)))), ...named];
}

function modelOf(id: string, title: unknown): UpstreamModel {
  const contextTokensMax = contexts.get(foundationModelId(id));
  return {
    id,
    ...(typeof title === 'string' && title !== '' ? { title } : {}),
    ...(contextTokensMax === undefined ? {} : { contextTokensMax }),
  };
}

function isServed({ modelLifecycle, outputModalities }: Record<string, unknown>): boolean {
  return objectIn(modelLifecycle)?.['status'] !== 'LEGACY' && holds(outputModalities, 'TEXT');
}

function holds(list: unknown, value: string): boolean {
  return Array.isArray(list) && list.includes(value);
}
