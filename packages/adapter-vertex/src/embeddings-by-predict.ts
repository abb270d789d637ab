import {
  BadRequestError,
  type Dialect,
  defineUnaryDialect,
  type EmbedRequest,
  type EmbedResponse,
  emptyUsage,
  type JsonObject,
  objectIn,
  objectsIn,
  tokenCount,
  UpstreamError,
  type Usage,
  verdictForKind,
} from '@tollgate/plugin-kit';

/** Google's embedding models as `predict` takes them (reference "Text embeddings API"): as many vectors as there are instances. */
export const embeddingsByPredict: Dialect = defineUnaryDialect({
  id: 'vertex-embeddings',
  operation: 'embed',
  vendor: 'google',
  readUsage,
  upstream: {
    encodeRequest({ inputs, dimensions, task, title, endUser }, context) {
      if (inputs.length > 1 && context.model.id.startsWith('gemini-embedding'))
        throw new BadRequestError('input must be one text: this model takes no more in one call.', 'input');
      if (endUser !== undefined) context.lose({ field: 'endUser', how: 'dropped', why: 'The service has no field for it.' });
      return {
        instances: inputs.map((input) => instanceOf(input, task, title)),
        ...(dimensions === undefined ? {} : { parameters: { outputDimensionality: dimensions } }),
      };
    },
    decodeResponse,
  },
});

function instanceOf(input: EmbedRequest['inputs'][number], task: string | undefined, title: string | undefined): JsonObject {
  if (typeof input !== 'string')
    throw new BadRequestError('input must be text: this model is served by a vendor that takes no tokens of another.', 'input');
  return { content: input, ...(task === undefined ? {} : { task_type: task }), ...(title === undefined ? {} : { title }) };
}

function decodeResponse(body: unknown): EmbedResponse {
  const predictions = objectIn(body)?.['predictions'];
  if (!Array.isArray(predictions)) throw new UpstreamError(noVector);
  const usage = emptyUsage();
  readUsage(body, usage);
  return { model: '', vectors: predictions.map((one) => vectorIn(objectIn(objectIn(one)?.['embeddings'])?.['values'])), usage };
}

function vectorIn(values: unknown): readonly number[] {
  if (Array.isArray(values)) return values as number[];
  throw new UpstreamError(noVector);
}

const noVector = verdictForKind('server', 502, 'The upstream sent no vector.', 'upstream_bad_answer');

/** Each vector says how many tokens its text had. */
function readUsage(body: unknown, into: Partial<Usage>): void {
  const counts = objectsIn(objectIn(body)?.['predictions']).flatMap(({ embeddings }) => {
    const count = objectIn(objectIn(embeddings)?.['statistics'])?.['token_count'];
    return typeof count === 'number' ? [tokenCount(count)] : [];
  });
  if (counts.length > 0) into.inputText = counts.reduce((sum, count) => sum + count, 0);
}
