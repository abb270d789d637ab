import { BadRequestError, type JsonObject, type RequestCounter, type RequestFacts } from '@tollgate/plugin-kit';
import { isObject } from './wire.js';

/** Looks only at what the gateway itself needs; the rest of the request is checked by whoever reads it. */
export function inspect(body: JsonObject): RequestFacts {
  const { model, stream, max_tokens: outputTokensMax } = body;
  if (typeof model !== 'string' || model === '') throw new BadRequestError('model is required: the name of the model, as text.', 'model');
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean')
    throw new BadRequestError('stream must be true or false.', 'stream');
  if (outputTokensMax === undefined || outputTokensMax === null)
    throw new BadRequestError('max_tokens is required: the most tokens that the answer may have.', 'max_tokens');
  if (typeof outputTokensMax !== 'number' || !Number.isInteger(outputTokensMax) || outputTokensMax < 0)
    throw new BadRequestError('max_tokens must be a whole number and not negative.', 'max_tokens');
  const effects = effectsOf(body['mcp_servers']);
  return { model, stream: stream === true, outputTokensMax, ...endUserOf(body['metadata']), ...serverToolsOf(body['tools']), ...effects };
}

/** Some clients name their session in it, too. */
function endUserOf(metadata: unknown): Pick<RequestFacts, 'endUser'> {
  const endUser = isObject(metadata) ? metadata['user_id'] : undefined;
  return typeof endUser === 'string' && endUser !== '' ? { endUser } : {};
}

/** The vendor lets the model call the tools of these servers, which do whatever they do. */
function effectsOf(servers: unknown): Pick<RequestFacts, 'hasEffects'> {
  return Array.isArray(servers) && servers.length > 0 ? { hasEffects: true } : {};
}

const countersByTool: ReadonlyMap<string, RequestCounter> = new Map([
  ['web_search', 'webSearches'],
  ['web_fetch', 'webFetches'],
]);

/** The vendor's own tools that have a fee; their types end with the day of their version. */
function serverToolsOf(tools: unknown): Pick<RequestFacts, 'serverTools'> {
  if (!Array.isArray(tools)) return {};
  const types = tools.map((tool: unknown) => String((tool as JsonObject | null)?.['type']).replace(/_\d{8}$/, ''));
  const serverTools = [...countersByTool].flatMap(([type, counter]) => (types.includes(type) ? [counter] : []));
  return serverTools.length === 0 ? {} : { serverTools };
}
