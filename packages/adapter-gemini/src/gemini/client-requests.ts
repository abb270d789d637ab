import { BadRequestError, type Framing, type JsonObject, outputKindsIn, type RequestFacts, type RequestTarget } from '@tollgate/plugin-kit';
import { referencesOf } from './references.js';
import { RequestFields } from './request-fields.js';
import { kindOfServerTool } from './server-tools.js';
import { isJsonObject } from './wire.js';

/** What the kernel has to know of a request. @throws BadRequestError */
export function inspectRequest(body: JsonObject, target: RequestTarget): RequestFacts {
  const model = modelInPath(target);
  const config = new RequestFields(body, '').object('generationConfig');
  const outputTokensMax = config?.count('maxOutputTokens');
  const choices = config?.count('candidateCount');
  const outputKinds = outputKindsIn(config?.value('responseModalities'));
  const refersTo = referencesOf(body);
  return {
    model,
    stream: target.route.stream === true,
    ...(outputTokensMax === undefined ? {} : { outputTokensMax }),
    ...(choices === undefined ? {} : { choices }),
    ...(outputKinds === undefined ? {} : { outputKinds }),
    ...(refersTo.length === 0 ? {} : { refersTo }),
    ...(searches(body['tools']) ? { serverTools: ['webSearches'] } : {}),
  };
}

/** Of the service's own tools, searches alone have a fee. */
function searches(tools: unknown): boolean {
  const declared = Array.isArray(tools) ? tools.filter(isJsonObject) : [];
  return declared.some((tool) => Object.keys(tool).some((name) => kindOfServerTool(name) === 'web-search'));
}

/** The model's name without its folder. @throws BadRequestError if the path names none. */
export function modelInPath(target: RequestTarget): string {
  const model = target.pathModel?.replace(/^models\//, '') ?? '';
  if (model === '') throw new BadRequestError('The path names no model: use /v1beta/models/{model}:generateContent.', 'model');
  return model;
}

/** Streams are server-sent events only on demand; else one JSON array, sent piece by piece. */
export function framingOf(target: RequestTarget): Framing {
  return target.query.get('alt') === 'sse' ? 'sse' : 'json-array';
}
