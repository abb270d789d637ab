import { BadRequestError, type JsonObject, type RequestCounter, type RequestFacts } from '@tollgate/plugin-kit';
import { conversationFacts } from '../conversation-facts.js';
import { isObject, optionalBoolean, optionalCount, requireName } from '../request-fields.js';
import { referencesOf } from './references.js';
import { imageOf } from './tool-uses.js';

/** @throws BadRequestError if a field that the gateway needs is missing or of the wrong type, or the answer shall come later. */
export function inspect(body: JsonObject): RequestFacts {
  const model = requireName(body['model'], 'model');
  const stream = optionalBoolean(body['stream'], 'stream') ?? false;
  const outputTokensMax = optionalCount(body['max_output_tokens'], 'max_output_tokens');
  if (optionalBoolean(body['background'], 'background') === true) {
    throw new BadRequestError(
      'background is not offered here: leave it out and read the answer, streamed if it takes long.',
      'background',
      'background_not_supported',
    );
  }
  // The vendor stores answers unless told not to.
  const keeps = optionalBoolean(body['store'], 'store') ?? true;
  const facts = { model, stream, keeps, ...referencesOf(body).facts, ...conversationFacts(body), ...toolsOf(body['tools']) };
  return outputTokensMax === undefined ? facts : { ...facts, outputTokensMax };
}

const countersByTool: ReadonlyMap<string, RequestCounter> = new Map([
  ['web_search', 'webSearches'],
  ['file_search', 'fileSearches'],
  ['code_interpreter', 'codeInterpreterSessions'],
]);

/** The tools that have a fee, and those that do whatever they do: of other servers, and a shell. Some carry the day of their version: `web_search_preview_2025_03_11`. */
function toolsOf(tools: unknown): Pick<RequestFacts, 'serverTools' | 'toolImage' | 'hasEffects'> {
  const declared = Array.isArray(tools) ? tools.filter(isObject) : [];
  const types = declared.map(({ type }) => String(type).replace(/(?:_preview)?(?:_\d{4}_\d\d_\d\d)?$/, ''));
  const serverTools = [...countersByTool].flatMap(([type, counter]) => (types.includes(type) ? [counter] : []));
  const image = declared.find(({ type }) => type === 'image_generation');
  return {
    ...(serverTools.length === 0 ? {} : { serverTools }),
    ...(image === undefined ? {} : { toolImage: imageOf(image) }),
    ...(types.includes('mcp') || types.includes('shell') ? { hasEffects: true } : {}),
  };
}
