import type { ListedModel, ModelListing } from '@tollgate/plugin-kit';

/** The vendor's model list, always on one page. */
export const modelListing: ModelListing = {
  listPaths: ['/v1/models'],
  recognises: (headers) => headers['anthropic-version'] !== undefined,
  encodeList: (models) => ({
    data: models.map(encodeModel),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  }),
  encodeOne: encodeModel,
};

function encodeModel(model: ListedModel): object {
  return { type: 'model', id: model.id, display_name: model.id, created_at: new Date(model.createdAt).toISOString() };
}
