import {
  BadRequestError,
  type CodecContext,
  type Dialect,
  definePassedDialect,
  type JsonObject,
  tokenCount,
  type Usage,
} from '@tollgate/plugin-kit';
import { encodeError } from './errors.js';
import { keptCachedContent } from './kept.js';
import { referencesOf } from './references.js';
import { geminiVendor, isJsonObject } from './wire.js';

/** `POST /v1beta/cachedContents`. What is cached is read by the model once, at the price of input; storage over time has no price here. */
export const geminiCachedContents: Dialect = definePassedDialect({
  id: 'gemini-cached-contents',
  vendor: geminiVendor,
  readUsage,
  kept: { needles: [], read: keptCachedContent },
  client: {
    routes: [{ path: '/v1beta/cachedContents' }],
    credentials: [{ header: 'x-goog-api-key' }, { query: 'key' }],
    guardedKeys: ['model', 'contents', 'systemInstruction', 'system_instruction'],
    inspect: (body) => {
      const refersTo = referencesOf(body);
      return { model: modelIn(body), outputTokensMax: 0, keeps: true, ...(refersTo.length === 0 ? {} : { refersTo }) };
    },
    encodeError,
  },
  edits: { request: nameModel },
});

/** @throws BadRequestError */
function modelIn(body: JsonObject): string {
  const { model } = body;
  const name = typeof model === 'string' ? model.replace(/^models\//, '') : '';
  if (name === '') throw new BadRequestError('model must name a model: models/{model}.', 'model');
  return name;
}

/** The model by its name at the upstream; tuned ones bring their folder with them. */
function nameModel(body: JsonObject, { model }: CodecContext): void {
  body['model'] = model.id.includes('/') ? model.id : `models/${model.id}`;
}

function readUsage(body: unknown, into: Partial<Usage>): void {
  const metadata = isJsonObject(body) ? body['usageMetadata'] : undefined;
  if (isJsonObject(metadata) && typeof metadata['totalTokenCount'] === 'number') into.inputText = tokenCount(metadata['totalTokenCount']);
}
