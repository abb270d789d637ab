import type { JsonObject, ResourceReference, ResourceRoute } from '@tollgate/plugin-kit';
import { keptById, References, resourceKinds } from '../resources/kinds.js';
import { addItems } from './references.js';

const ofResponse = { does: 'reach', kind: resourceKinds.response } as const;
const ofConversation = { does: 'reach', kind: resourceKinds.conversation } as const;

/** Stored answers and conversations. A conversation stays until it is deleted. */
export const responsesRoutes: readonly ResourceRoute[] = [
  { ...ofResponse, method: 'GET', path: '/v1/responses/{id}' },
  { ...ofResponse, method: 'DELETE', path: '/v1/responses/{id}', deletes: true },
  { ...ofResponse, method: 'POST', path: '/v1/responses/{id}/cancel' },
  { ...ofResponse, method: 'GET', path: '/v1/responses/{id}/input_items' },
  {
    does: 'make',
    method: 'POST',
    path: '/v1/conversations',
    refersTo: itemReferences,
    kept: ({ json }) => keptById('conversation', json, { expiresAt: null }),
  },
  { ...ofConversation, method: 'GET', path: '/v1/conversations/{id}' },
  { ...ofConversation, method: 'POST', path: '/v1/conversations/{id}' },
  { ...ofConversation, method: 'DELETE', path: '/v1/conversations/{id}', deletes: true },
  { ...ofConversation, method: 'POST', path: '/v1/conversations/{id}/items', refersTo: itemReferences, adds: true },
  { ...ofConversation, method: 'GET', path: '/v1/conversations/{id}/items' },
  { ...ofConversation, method: 'GET', path: '/v1/conversations/{id}/items/{item}' },
  { ...ofConversation, method: 'DELETE', path: '/v1/conversations/{id}/items/{item}' },
];

function itemReferences(body: JsonObject): readonly ResourceReference[] {
  const references = new References();
  addItems(body['items'], 'items', references);
  return references.all;
}
