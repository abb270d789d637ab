import {
  BadRequestError,
  type CodecContext,
  type Dialect,
  defineUnaryDialect,
  type EmbedRequest,
  type EmbedResponse,
  emptyUsage,
  inputTokens,
  type JsonObject,
  objectIn,
  type PublicError,
  type RequestFacts,
  tokenCount,
  UpstreamError,
  type Usage,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { vendor } from '../wire.js';

const dialectId = 'cohere-v2-embed';

/** What vectors are for, in the words of `EmbedRequest.task` and in Cohere's. */
const inputTypes: ReadonlyMap<string, string> = new Map([
  ['RETRIEVAL_DOCUMENT', 'search_document'],
  ['RETRIEVAL_QUERY', 'search_query'],
  ['CLASSIFICATION', 'classification'],
  ['CLUSTERING', 'clustering'],
]);
const inputTypeDefault = 'search_document';

/**
 * `POST /v2/embed` of Cohere (API reference, "Embed API (v2)"; https://docs.cohere.com/v2/reference/embed). Where bytes pass, a client may ask
 * for pictures, mixed inputs and other types of vectors, too; what is translated is text, and vectors of floats.
 */
export const cohereEmbed: Dialect = defineUnaryDialect({
  id: dialectId,
  operation: 'embed',
  vendor,
  readUsage,
  upstream: { encodeRequest, decodeResponse },
  client: {
    routes: [{ path: '/v2/embed' }],
    guardedKeys: ['model'],
    modelKey: 'model',
    inspect,
    decodeRequest,
    encodeResponse,
    encodeError,
  },
});

function inspect({ model }: JsonObject): Pick<RequestFacts, 'model'> {
  if (typeof model !== 'string' || model === '') throw new BadRequestError('model is required: the name of the model, as text.', 'model');
  return { model };
}

function decodeRequest(body: JsonObject, { model }: RequestFacts, context: CodecContext): EmbedRequest {
  const { texts, input_type: inputType, output_dimension: dimensions, embedding_types: types } = body;
  if (!isTexts(texts)) throw new BadRequestError('texts is required: a list of at least one text.', 'texts');
  if (types !== undefined && !(Array.isArray(types) && types.every((type) => type === 'float')))
    throw new BadRequestError('embedding_types may only be ["float"] here.', 'embedding_types');
  const task = [...inputTypes].find(([, name]) => name === inputType)?.[0];
  if (inputType !== undefined && task === undefined)
    context.lose({ field: 'input_type', how: 'dropped', why: 'Other languages have no vectors for it.' });
  for (const field of Object.keys(body))
    if (!fieldsRead.has(field)) context.lose({ field, how: 'dropped', why: 'Only Cohere knows this field.' });
  return {
    model,
    inputs: texts,
    ...(typeof dimensions === 'number' ? { dimensions } : {}),
    ...(task === undefined ? {} : { task }),
  };
}

const fieldsRead: ReadonlySet<string> = new Set(['model', 'texts', 'input_type', 'output_dimension', 'embedding_types']);

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string');
}

function encodeRequest(request: EmbedRequest, context: CodecContext): JsonObject {
  const { model, inputs, dimensions, task, title, endUser, extensions = {} } = request;
  if (!isTexts(inputs)) throw new BadRequestError('Cohere takes texts, not texts that were cut into tokens.', 'input');
  for (const [field, value] of Object.entries({ title, endUser }))
    if (value !== undefined) context.lose({ field, how: 'dropped', why: 'Cohere has no field for it.' });
  for (const dialect of Object.keys(extensions))
    context.lose({ field: 'extensions', how: 'dropped', why: `Only ${dialect} knows some of these fields.` });
  const inputType = task === undefined ? inputTypeDefault : inputTypes.get(task);
  if (inputType === undefined)
    context.lose({ field: 'task', how: 'coerced', why: `Cohere has no vectors for ${task}; these are for documents that are searched.` });
  return {
    model,
    texts: inputs,
    // Newer models refuse requests that do not say it.
    input_type: inputType ?? inputTypeDefault,
    embedding_types: ['float'],
    ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
  };
}

function decodeResponse(body: unknown): EmbedResponse {
  const answer = objectIn(body) ?? {};
  const vectors = objectIn(answer['embeddings'])?.['float'];
  if (!Array.isArray(vectors) || !vectors.every(isVector))
    throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no vectors.', 'upstream_bad_answer'));
  const usage = emptyUsage();
  readUsage(answer, usage);
  return { model: '', vectors, usage };
}

function isVector(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'number');
}

function encodeResponse(response: EmbedResponse, request: EmbedRequest, context: CodecContext): JsonObject {
  return {
    id: context.newId('emb_'),
    embeddings: { float: response.vectors },
    texts: request.inputs,
    meta: { api_version: { version: '2' }, billed_units: { input_tokens: inputTokens(response.usage) } },
    response_type: 'embeddings_by_type',
  };
}

/** Tokens of text and of pictures are counted apart. */
function readUsage(body: unknown, into: Partial<Usage>): void {
  const billed = objectIn(objectIn(objectIn(body)?.['meta'])?.['billed_units']);
  if (billed === undefined) return;
  const { input_tokens: text, image_tokens: images } = billed;
  if (typeof text === 'number') into.inputText = tokenCount(text);
  if (typeof images === 'number') into.inputImage = tokenCount(images);
}

function encodeError({ status, message }: PublicError): { readonly status: number; readonly body: object } {
  return { status, body: { message } };
}
