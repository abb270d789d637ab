import type { JsonObject, ListedModel, ModelListing } from '@tollgate/plugin-kit';

/** Newer SDKs ask under `/v1`, where other dialects list their models too. */
export const geminiModels: ModelListing = {
  listPaths: ['/v1beta/models', '/v1/models'],
  recognises: (headers, query) => headers['x-goog-api-key'] !== undefined || query.has('key'),
  encodeList: (models) => ({ models: models.map(encodeModel) }),
  encodeOne: encodeModel,
};

function encodeModel(model: ListedModel): JsonObject {
  return {
    name: `models/${model.id}`,
    baseModelId: model.id,
    version: '001',
    displayName: model.id,
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent'],
  };
}
