import type { ListedModel, ModelListing } from '@tollgate/plugin-kit';
import type { Model } from 'openai/resources/models';

/** The list that clients get who show no sign of another dialect. */
export const modelListing: ModelListing = {
  listPaths: ['/v1/models'],
  encodeList: (models) => ({ object: 'list', data: models.map(encodeOne) }),
  encodeOne,
};

function encodeOne(model: ListedModel): Model {
  return { id: model.id, object: 'model', created: Math.floor(model.createdAt / 1_000), owned_by: model.owner };
}
