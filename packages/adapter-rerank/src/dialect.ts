import {
  BadRequestError,
  type CodecContext,
  type Dialect,
  defineUnaryDialect,
  emptyUsage,
  inputTokens,
  type JsonObject,
  objectIn,
  objectsIn,
  type PublicError,
  type RequestFacts,
  type RerankRequest,
  type RerankResponse,
  tokenCount,
  UpstreamError,
  type Usage,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { searchUnitsOf } from './search-units.js';

const dialectId = 'rerank';
/** What single vendors take besides. */
const extraFields = ['max_tokens_per_doc', 'max_chunks_per_doc', 'overlap_tokens', 'truncation'] as const;

/** `POST /v1/rerank` of Jina and `POST /v2/rerank` of Cohere, which ask alike and answer alike but for what they state of usage. */
export const rerank: Dialect = defineUnaryDialect({
  id: dialectId,
  operation: 'rerank',
  vendor: 'jina',
  counts: ['searches'],
  readUsage,
  upstream: { encodeRequest, decodeResponse },
  client: {
    routes: [{ path: '/v1/rerank' }, { path: '/v2/rerank' }],
    guardedKeys: ['model'],
    modelKey: 'model',
    inspect,
    decodeRequest,
    encodeResponse,
    encodeError,
  },
});

/** What is held for and priced has to be there; the rest is the upstream's to judge. */
function inspect(body: JsonObject): Pick<RequestFacts, 'model' | 'searchUnits'> {
  const { model, query, documents } = body;
  if (typeof model !== 'string' || model === '') throw new BadRequestError('model is required: the name of the model, as text.', 'model');
  if (query === undefined) throw new BadRequestError('query is required.', 'query');
  if (!Array.isArray(documents) || documents.length === 0)
    throw new BadRequestError('documents is required: a list of at least one document.', 'documents');
  return { model, searchUnits: searchUnitsOf(query, documents, body['max_tokens_per_doc']) };
}

function decodeRequest(body: JsonObject, { model }: RequestFacts): RerankRequest {
  const { query, documents, top_n: topCount, return_documents: returnDocuments } = body;
  if (typeof query !== 'string') throw new BadRequestError('query must be a text.', 'query');
  if (topCount !== undefined && topCount !== null && !(Number.isInteger(topCount) && Number(topCount) > 0))
    throw new BadRequestError('top_n must be a whole number above 0.', 'top_n');
  const extra = Object.fromEntries(extraFields.flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]])));
  return {
    model,
    query,
    documents: (documents as readonly unknown[]).map(textOf),
    ...(typeof topCount === 'number' ? { topCount } : {}),
    ...(typeof returnDocuments === 'boolean' ? { returnDocuments } : {}),
    ...(Object.keys(extra).length === 0 ? {} : { extensions: { [dialectId]: extra } }),
  };
}

/** @throws BadRequestError for pictures, which only some models take, and only in the form of their vendor. */
function textOf(document: unknown, index: number): string {
  const text = typeof document === 'string' ? document : objectIn(document)?.['text'];
  if (typeof text === 'string') return text;
  throw new BadRequestError('A document must be a text, or an object with a text.', `documents.${index}`);
}

function encodeRequest(request: RerankRequest, _context: CodecContext): JsonObject {
  const { model, query, documents, topCount, returnDocuments, extensions } = request;
  return {
    model,
    query,
    documents,
    ...(topCount === undefined ? {} : { top_n: topCount }),
    ...(returnDocuments === undefined ? {} : { return_documents: returnDocuments }),
    ...extensions?.[dialectId],
  };
}

function decodeResponse(body: unknown): RerankResponse {
  const answer = objectIn(body) ?? {};
  const { results, model } = answer;
  if (!Array.isArray(results))
    throw new UpstreamError(verdictForKind('server', 502, 'The upstream put nothing in order.', 'upstream_bad_answer'));
  const usage = emptyUsage();
  readUsage(answer, usage);
  return {
    model: typeof model === 'string' ? model : '',
    results: objectsIn(results).flatMap(({ index, relevance_score: score }) =>
      typeof index === 'number' && typeof score === 'number' ? [{ index, score }] : [],
    ),
    usage,
  };
}

function encodeResponse(response: RerankResponse, request: RerankRequest): JsonObject {
  const tokens = inputTokens(response.usage);
  const { searchUnits } = response.usage;
  return {
    model: response.model === '' ? request.model : response.model,
    results: response.results.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(request.returnDocuments === true ? { document: { text: request.documents[index] ?? '' } } : {}),
    })),
    usage: { total_tokens: tokens, prompt_tokens: tokens },
    ...(searchUnits === undefined ? {} : { meta: { billed_units: { search_units: searchUnits } } }),
  };
}

/** Jina and vLLM state tokens in `usage`, SiliconFlow in `meta.tokens`; Cohere states searches in `meta.billed_units` instead. */
function readUsage(body: unknown, into: Partial<Usage>): void {
  const { usage, meta } = objectIn(body) ?? {};
  const { tokens, billed_units: billed } = objectIn(meta) ?? {};
  const stated = objectIn(usage)?.['total_tokens'] ?? objectIn(tokens)?.['input_tokens'];
  if (typeof stated === 'number') into.inputText = tokenCount(stated);
  const searches = objectIn(billed)?.['search_units'];
  // Servers that took over the form and do not count by it state none.
  if (tokenCount(searches) > 0) into.searchUnits = tokenCount(searches);
}

/** As the API of chat has it, with the message once more where Cohere's and Jina's clients look for it. */
function encodeError({ status, message, kind, code, field }: PublicError): { readonly status: number; readonly body: object } {
  return { status, body: { message, detail: message, error: { message, type: kind, param: field ?? null, code } } };
}
