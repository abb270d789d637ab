import type { CanonicalRequest, JsonObject } from '../../canonical.js';
import type { CodecContext, Dialect } from '../../dialect.js';
import { BadRequestError } from '../../errors.js';
import {
  type CountResponse,
  type EmbedRequest,
  type EmbedResponse,
  operationOf,
  type RerankRequest,
  type RerankResponse,
} from '../../operations.js';
import { emptyUsage } from '../../usage.js';
import { type Check, checksOf } from '../check.js';
import { holdsText, insist, insistSame, shown } from '../insist.js';
import { deepFreeze, runPurely } from '../run-purely.js';
import { trialContext, trialModel } from '../trial-context.js';
import { isServed, targetOf } from './client-requests.js';
import { wireJson } from './drive.js';

type AnyRequest = CanonicalRequest | EmbedRequest | RerankRequest;
type AnyResponse = EmbedResponse | RerankResponse | CountResponse;

/** The codec of an operation that is answered in one piece; requests and answers have their own types behind those of generation. */
interface UnaryCodec {
  encodeRequest(request: AnyRequest, context: CodecContext): JsonObject;
  decodeResponse(body: unknown, context: CodecContext): AnyResponse;
}
interface UnaryClient {
  decodeRequest(body: JsonObject, facts: { readonly model: string }, context: CodecContext): AnyRequest;
  encodeResponse(response: AnyResponse, request: AnyRequest, context: CodecContext): unknown;
}

const embedding: EmbedRequest = { model: trialModel, inputs: ['mark-input'] };
const counting: CanonicalRequest = {
  model: trialModel,
  stream: false,
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'mark-input' }] }],
};
const embedded: EmbedResponse = { model: trialModel, vectors: [[0.25, -0.5, 1]], usage: { ...emptyUsage(), inputText: 5 } };
const counted: CountResponse = { inputTokens: 42 };
const reranking: RerankRequest = { model: trialModel, query: 'mark-input', documents: ['mark-first', 'mark-second'] };
const reranked: RerankResponse = {
  model: trialModel,
  results: [
    { index: 1, score: 0.75 },
    { index: 0, score: -0.5 },
  ],
  usage: { ...emptyUsage(), inputText: 5 },
};

/** An exchange of each operation. */
function exchangeOf(dialect: Dialect): { readonly request: AnyRequest; readonly response: AnyResponse } {
  const operation = operationOf(dialect);
  if (operation === 'embed') return { request: embedding, response: embedded };
  return operation === 'rerank' ? { request: reranking, response: reranked } : { request: counting, response: counted };
}

/** Embeddings, orders of documents and counts of tokens. */
export function operationChecks(subject: string, dialect: Dialect): readonly Check[] {
  const operation = operationOf(dialect);
  const { request, response } = exchangeOf(dialect);
  const codec = dialect.upstream as unknown as UnaryCodec;
  const encode = (asked: AnyRequest): { readonly body: JsonObject; readonly isLossless: boolean } => {
    const context = trialContext();
    deepFreeze(asked);
    const encoded = runPurely(`${dialect.id}: upstream.encodeRequest`, () => codec.encodeRequest(asked, context));
    dialect.edits?.request?.(encoded, context);
    return { body: wireJson(encoded, 'The body') as JsonObject, isLossless: context.losses.length === 0 };
  };
  return [
    ...checksOf(subject, 'bronze', {
      'encodes a request to the same JSON each time': () => {
        const { body } = encode(request);
        insistSame(encode(request), encode(request), 'The same request was encoded to another body.');
        insist(holdsText(body, 'mark-input'), `The input is not in the body: ${shown(body)}`);
      },
    }),
    ...(operation === 'rerank'
      ? checksOf(subject, 'bronze', { 'carries what may be asked of an order, or says that it is lost': () => checkRerankFields(encode) })
      : []),
    ...(operation === 'embed'
      ? checksOf(subject, 'bronze', {
          'carries what may be asked of vectors, or says that it is lost': () => checkEmbedFields(encode),
          'carries several texts, or refuses them': () => checkSeveralInputs(encode),
        })
      : []),
    ...(isServed(dialect) ? clientChecks(subject, dialect, request, response) : []),
  ];
}

function checkEmbedFields(encode: (request: AnyRequest) => { readonly body: JsonObject; readonly isLossless: boolean }): void {
  const fields: Partial<EmbedRequest> = { dimensions: 256, task: 'RETRIEVAL_QUERY', title: 'mark-title', endUser: 'mark-user' };
  for (const [field, value] of Object.entries(fields)) {
    const { body, isLossless } = encode({ ...embedding, [field]: value });
    const isSame = JSON.stringify(body) === JSON.stringify(encode(embedding).body);
    insist(!isSame || !isLossless, `${field}: the body is the same without it, and no loss was said.`);
  }
}

function checkRerankFields(encode: (request: AnyRequest) => { readonly body: JsonObject; readonly isLossless: boolean }): void {
  const plain = encode(reranking).body;
  for (const document of reranking.documents) insist(holdsText(plain, document), `"${document}" is not in the body: ${shown(plain)}`);
  const fields: Partial<RerankRequest> = { topCount: 1, returnDocuments: true };
  for (const [field, value] of Object.entries(fields)) {
    const { body, isLossless } = encode({ ...reranking, [field]: value });
    insist(
      JSON.stringify(body) !== JSON.stringify(plain) || !isLossless,
      `${field}: the body is the same without it, and no loss was said.`,
    );
  }
}

/** One call may not have room for several texts; then it says so, and does not embed only the first. */
function checkSeveralInputs(encode: (request: AnyRequest) => { readonly body: JsonObject }): void {
  try {
    const { body } = encode({ ...embedding, inputs: ['mark-first', 'mark-second'] });
    for (const mark of ['mark-first', 'mark-second']) insist(holdsText(body, mark), `"${mark}" is not in the body: ${shown(body)}`);
  } catch (error) {
    if (!BadRequestError.isInstance(error)) throw error;
  }
}

function clientChecks(subject: string, dialect: Dialect, request: AnyRequest, response: AnyResponse): readonly Check[] {
  if (!isServed(dialect)) return [];
  const codec = dialect.upstream as unknown as UnaryCodec;
  const client = dialect.client as unknown as UnaryClient;
  return checksOf(subject, 'bronze', {
    'reads a client’s request as it would send it': () => {
      const body = wireJson(codec.encodeRequest(request, trialContext()), 'The body') as JsonObject;
      const facts = dialect.client.inspect(body, targetOf(dialect, false));
      const read = client.decodeRequest(body, facts, trialContext());
      insistSame(wireJson(codec.encodeRequest(read, trialContext()), 'The body'), body, 'The request changes when it is read and written.');
    },
    'tells a client the answer as it would read it': () => {
      const told = wireJson(client.encodeResponse(response, request, trialContext()), 'The answer');
      const said = (answer: AnyResponse): readonly unknown[] => {
        const { vectors, results, inputTokens } = answer as Partial<EmbedResponse & RerankResponse & CountResponse>;
        return [vectors, results, inputTokens];
      };
      insistSame(said(codec.decodeResponse(told, trialContext())), said(response), 'The client reads another answer.');
    },
  });
}
