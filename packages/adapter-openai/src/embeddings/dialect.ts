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
  type RequestFacts,
  tokenCount,
  UpstreamError,
  type Usage,
  verdictForKind,
} from '@tollgate/plugin-kit';
import type { CreateEmbeddingResponse } from 'openai/resources/embeddings';
import { defined } from '../defined.js';
import { encodeError } from '../public-error.js';
import { isObject, optionalCount, optionalText, requireName } from '../request-fields.js';
import { readWireError, verdictOf } from '../wire-error.js';
import { readVector, vectorToBase64 } from './vectors.js';

export const embeddingsDialectId = 'openai-embeddings';

/** `POST /v1/embeddings`. */
export const openaiEmbeddings: Dialect = defineUnaryDialect({
  id: embeddingsDialectId,
  operation: 'embed',
  vendor: 'openai',
  readUsage,
  upstream: { encodeRequest, decodeResponse },
  client: {
    routes: [{ path: '/v1/embeddings' }],
    passHeaders: ['openai-beta'],
    guardedKeys: ['model'],
    modelKey: 'model',
    inspect: (body) => ({ model: requireName(body['model'], 'model') }),
    decodeRequest,
    encodeResponse,
    encodeError,
  },
});

function decodeRequest(body: JsonObject, facts: RequestFacts): EmbedRequest {
  const format = optionalText(body['encoding_format'], 'encoding_format');
  if (format !== undefined && format !== 'float' && format !== 'base64') {
    throw new BadRequestError('encoding_format must be float or base64.', 'encoding_format');
  }
  return defined({
    model: facts.model,
    inputs: readInputs(body['input']),
    dimensions: optionalCount(body['dimensions'], 'dimensions'),
    endUser: optionalText(body['user'], 'user'),
    extensions: format === undefined ? undefined : { [embeddingsDialectId]: { encoding_format: format } },
  });
}

/** One text, one list of tokens, or a list of either. @throws BadRequestError */
function readInputs(input: unknown): EmbedRequest['inputs'] {
  const inputs = typeof input === 'string' || isTokens(input) ? [input] : input;
  const isReadable = Array.isArray(inputs) && inputs.length > 0 && inputs.every((each) => typeof each === 'string' || isTokens(each));
  if (!isReadable) throw new BadRequestError('input must be a text, a list of texts, or texts as lists of tokens.', 'input');
  return inputs;
}

function isTokens(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token));
}

function encodeRequest(request: EmbedRequest, context: CodecContext): JsonObject {
  for (const field of ['task', 'title'] as const) {
    if (request[field] !== undefined) context.lose({ field, how: 'dropped', why: 'This dialect does not ask what a vector is for.' });
  }
  const { model, inputs, dimensions, endUser } = request;
  return defined({ model, input: inputs.length === 1 ? inputs[0] : inputs, dimensions, user: endUser });
}

function decodeResponse(body: unknown): EmbedResponse {
  const answer = isObject(body) ? body : {};
  const error = readWireError(answer['error']);
  if (error !== undefined) throw new UpstreamError(verdictOf(error));
  const { data, model } = answer;
  if (!Array.isArray(data)) throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no vectors.', 'upstream_bad_answer'));
  const usage = emptyUsage();
  readUsage(answer, usage);
  // The vendor numbers the vectors and promises no order.
  const numbered = data
    .filter(isObject)
    .map((item, place) => ({ place: tokenCount(item['index'] ?? place), vector: readVector(item['embedding']) }));
  return {
    model: typeof model === 'string' ? model : '',
    vectors: numbered.toSorted((left, right) => left.place - right.place).map(({ vector }) => vector),
    usage,
  };
}

function encodeResponse(response: EmbedResponse, request: EmbedRequest): CreateEmbeddingResponse {
  const asBase64 = request.extensions?.[embeddingsDialectId]?.['encoding_format'] === 'base64';
  const tokens = inputTokens(response.usage);
  return {
    object: 'list',
    data: response.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: (asBase64 ? vectorToBase64(vector) : [...vector]) as number[],
    })),
    model: response.model === '' ? request.model : response.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function readUsage(body: unknown, into: Partial<Usage>): void {
  const usage: unknown = isObject(body) ? body['usage'] : undefined;
  if (isObject(usage) && typeof usage['prompt_tokens'] === 'number') into.inputText = tokenCount(usage['prompt_tokens']);
}
