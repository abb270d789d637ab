import {
  BadRequestError,
  type CodecContext,
  type Dialect,
  defineUnaryDialect,
  type EmbedRequest,
  type EmbedResponse,
  emptyUsage,
  type JsonObject,
  type RequestFacts,
  type RequestTarget,
  UpstreamError,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { modelInPath } from './client-requests.js';
import { encodeError } from './errors.js';
import { embeddedReferencesOf } from './references.js';
import { RequestFields } from './request-fields.js';
import { geminiUsage } from './usage.js';
import { geminiVendor, isJsonObject } from './wire.js';

const shared = {
  operation: 'embed' as const,
  vendor: geminiVendor,
  readUsage: geminiUsage.read.bind(geminiUsage),
};

const sharedClient = {
  credentials: [{ header: 'x-goog-api-key' }, { query: 'key' }],
  guardedKeys: [],
  inspect(body: JsonObject, target: RequestTarget) {
    const refersTo = embeddedReferencesOf(body);
    return { model: modelInPath(target), ...(refersTo.length === 0 ? {} : { refersTo }) };
  },
  encodeError,
};

function routes(method: string): { path: string }[] {
  return ['/v1beta', '/v1'].map((version) => ({ path: `${version}/models/{model}:${method}` }));
}

/** `:embedContent`: one text, one vector. */
export const geminiEmbedContent: Dialect = defineUnaryDialect({
  ...shared,
  id: 'gemini-embed-content',
  upstream: {
    encodeRequest(request, context) {
      if (request.inputs.length > 1) throw new BadRequestError('input must be one text: this model takes no more in one call.', 'input');
      return encodeOne(request, request.inputs[0], context);
    },
    decodeResponse: (body) => ({ ...answer(body), vectors: [readVector(isJsonObject(body) ? body['embedding'] : undefined)] }),
  },
  client: {
    ...sharedClient,
    routes: routes('embedContent'),
    decodeRequest: (body: JsonObject, facts: RequestFacts) => decodeAll([new RequestFields(body, '')], facts),
    encodeResponse: ({ vectors }) => ({ embedding: { values: vectors[0] ?? [] } }),
  },
  edits: { request: nameModel },
});

/** `:batchEmbedContents`: as many vectors as there are requests. */
export const geminiBatchEmbedContents: Dialect = defineUnaryDialect({
  ...shared,
  id: 'gemini-batch-embed-contents',
  upstream: {
    encodeRequest: (request, context) => ({ requests: request.inputs.map((input) => encodeOne(request, input, context)) }),
    decodeResponse: (body) => ({ ...answer(body), vectors: listIn(body, 'embeddings').map(readVector) }),
  },
  client: {
    ...sharedClient,
    routes: routes('batchEmbedContents'),
    decodeRequest(body: JsonObject, facts: RequestFacts) {
      const requests = new RequestFields(body, '').objects('requests') ?? [];
      if (requests.length === 0) throw new BadRequestError('requests is missing or empty.', 'requests');
      return decodeAll(requests, facts);
    },
    encodeResponse: ({ vectors }) => ({ embeddings: vectors.map((values) => ({ values })) }),
  },
  edits: {
    request(body, context) {
      for (const request of listIn(body, 'requests')) if (isJsonObject(request)) nameModel(request, context);
    },
  },
});

/** What is asked of all texts alike is read of the first. */
function decodeAll(requests: readonly RequestFields[], facts: RequestFacts): EmbedRequest {
  const [first] = requests;
  const dimensions = first?.count('outputDimensionality');
  const task = first?.string('taskType');
  const title = first?.string('title');
  return {
    model: facts.model,
    inputs: requests.map(readText),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(task === undefined ? {} : { task }),
    ...(title === undefined ? {} : { title }),
  };
}

function readText(request: RequestFields): string {
  const content = request.object('content');
  const texts = content?.objects('parts')?.map((part) => part.string('text'));
  if (texts === undefined || texts.some((text) => text === undefined)) {
    const field = request.at('content');
    throw new BadRequestError(`${field} must have parts of text: nothing else can be turned into a vector here.`, field);
  }
  return texts.join('');
}

function encodeOne(request: EmbedRequest, input: EmbedRequest['inputs'][number] | undefined, context: CodecContext): JsonObject {
  if (typeof input !== 'string') {
    throw new BadRequestError('input must be text: this model is served by a vendor that takes no tokens of another.', 'input');
  }
  if (request.endUser !== undefined) context.lose({ field: 'endUser', how: 'dropped', why: 'The service has no field for it.' });
  return {
    model: `models/${context.model.id}`,
    content: { parts: [{ text: input }] },
    ...(request.dimensions === undefined ? {} : { outputDimensionality: request.dimensions }),
    ...(request.task === undefined ? {} : { taskType: request.task }),
    ...(request.title === undefined ? {} : { title: request.title }),
  };
}

/** The model stands in the path and in each request again. */
function nameModel(body: JsonObject, context: CodecContext): void {
  if (body['model'] !== undefined) body['model'] = `models/${context.model.id}`;
}

function answer(body: unknown): Pick<EmbedResponse, 'model' | 'usage'> {
  const usage = emptyUsage();
  geminiUsage.read(body, usage);
  return { model: '', usage };
}

function readVector(embedding: unknown): readonly number[] {
  const values = isJsonObject(embedding) ? embedding['values'] : undefined;
  if (Array.isArray(values)) return values as number[];
  throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no vector.', 'upstream_bad_answer'));
}

function listIn(body: unknown, name: string): readonly unknown[] {
  const list = isJsonObject(body) ? body[name] : undefined;
  return Array.isArray(list) ? (list as unknown[]) : [];
}
