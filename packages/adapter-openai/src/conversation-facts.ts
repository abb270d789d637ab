import type { JsonObject, RequestFacts } from '@tollgate/plugin-kit';

/** What a request says of the conversation that it belongs to. `user` is the older name of `safety_identifier`. */
export function conversationFacts(body: JsonObject): Pick<RequestFacts, 'promptCacheKey' | 'endUser'> {
  const { prompt_cache_key: promptCacheKey, safety_identifier: newer, user: older } = body;
  const endUser = newer ?? older;
  return {
    ...(typeof promptCacheKey === 'string' && promptCacheKey !== '' ? { promptCacheKey } : {}),
    ...(typeof endUser === 'string' && endUser !== '' ? { endUser } : {}),
  };
}
