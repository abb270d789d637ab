import { claude, claudeCountTokens } from '@tollgate/adapter-claude';
import { geminiBatchEmbedContents, geminiCountTokens, geminiProvider } from '@tollgate/adapter-gemini';
import { openai, openaiCompatible, openaiEmbeddings, openaiInputTokens } from '@tollgate/adapter-openai';
import {
  type CodecContext,
  type CountResponse,
  type Dialect,
  type EmbedRequest,
  type EmbedResponse,
  emptyUsage,
  type JsonObject,
  type Operation,
  operationOf,
  type CanonicalRequest,
} from '@tollgate/plugin-kit';
import { recordingContext, unknownModel } from '../translate-request.js';
import { type Cell, cellFor, none, passed, refusedOr } from './cell.js';
import { firstDifference } from './equivalents.js';

/** What clients of a dialect's family call besides, and who stands behind the upstream's dialect. */
const callable: Readonly<Record<string, readonly Dialect[]>> = {
  'openai-chat': [openaiEmbeddings],
  'openai-responses': [openaiEmbeddings, openaiInputTokens],
  'claude-messages': [claudeCountTokens],
  gemini: [geminiBatchEmbedContents, geminiCountTokens],
};
const providers: Readonly<Record<string, { readonly speaks: readonly { readonly dialect: Dialect }[] }>> = {
  'openai-chat': openaiCompatible,
  'openai-responses': openai,
  'claude-messages': claude,
  gemini: geminiProvider,
};

type AnyRequest = EmbedRequest | CanonicalRequest;
type AnyResponse = EmbedResponse | CountResponse;

/** The codec of an operation that is answered in one piece: its types stand behind those of generation. */
interface UnaryDialect {
  readonly upstream: {
    encodeRequest(request: AnyRequest, context: CodecContext): JsonObject;
    decodeResponse(body: unknown, context: CodecContext): AnyResponse;
  };
  readonly client: {
    decodeRequest(body: JsonObject, facts: { readonly model: string }, context: CodecContext): AnyRequest;
    encodeResponse(response: AnyResponse, request: AnyRequest, context: CodecContext): unknown;
  };
}

/** What may be asked beside answers, by the words that stand for it in the matrix. */
export const sideOperations: readonly { readonly title: string; readonly operation: Operation; readonly request: AnyRequest }[] = [
  { title: 'embeddings', operation: 'embed', request: { model: unknownModel, inputs: ['one', 'two'] } },
  { title: 'embeddings, with a length', operation: 'embed', request: { model: unknownModel, inputs: ['one'], dimensions: 3 } },
  {
    title: 'counting of tokens',
    operation: 'count-tokens',
    request: { model: unknownModel, stream: false, turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }] },
  },
];

export function sideOperationCell({ operation, request }: (typeof sideOperations)[number], client: string, upstream: string): Cell {
  const from = callable[client]?.find((dialect) => operationOf(dialect) === operation);
  if (from === undefined) return none;
  const to = providers[upstream]?.speaks.find(({ dialect }) => operationOf(dialect) === operation)?.dialect;
  if (to === undefined) return withoutVendor(operation);
  return from.id === to.id ? passed : refusedOr(() => translatedCell(request, unary(from), unary(to)));
}

/** tests/relay/operations.test.ts proves both through the gateway. */
function withoutVendor(operation: Operation): Cell {
  return operation === 'embed'
    ? { status: 'red', notes: ['The vendor has none: the gateway answers 503 `no_channel`.'] }
    : { status: 'partial', notes: ['The place cannot count: the gateway estimates, and says so in `x-tollgate-estimated`.'] };
}

function unary(dialect: Dialect): UnaryDialect {
  return dialect as unknown as UnaryDialect;
}

function translatedCell(request: AnyRequest, from: UnaryDialect, to: UnaryDialect): Cell {
  const context = recordingContext();
  const facts = { model: unknownModel };
  const before = from.client.decodeRequest(wire(from.upstream.encodeRequest(request, recordingContext())), facts, context);
  const after = to.client.decodeRequest(wire(to.upstream.encodeRequest(before, context)), facts, recordingContext());
  const difference =
    firstDifference(after, { ...before, model: unknownModel }) ?? firstDifference(answered(from, to, before), wantedOf(answer(before)));
  return cellFor(context.losses, difference);
}

/** Not every dialect names the model in its answer. */
function wantedOf(response: AnyResponse): Partial<EmbedResponse & CountResponse> {
  return 'vectors' in response ? { vectors: response.vectors } : response;
}

/** The answer on its way back. */
function answered(from: UnaryDialect, to: UnaryDialect, request: AnyRequest): AnyResponse {
  const atGateway = to.upstream.decodeResponse(
    wire(to.client.encodeResponse(answer(request), request, recordingContext())),
    recordingContext(),
  );
  return from.upstream.decodeResponse(wire(from.client.encodeResponse(atGateway, request, recordingContext())), recordingContext());
}

function answer(request: AnyRequest): AnyResponse {
  if (!('inputs' in request)) return { inputTokens: 42 };
  const vectors = request.inputs.map((_input, index) => [index, 0.25, -0.5]);
  return { model: unknownModel, vectors, usage: emptyUsage() };
}

function wire(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
