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
  const effects = effectsOf(body);
  return { model, stream: stream === true, outputTokensMax, ...endUserOf(body['metadata']), ...serverToolsOf(body['tools']), ...effects };
}

/** Some clients name their session in it, too. */
function endUserOf(metadata: unknown): Pick<RequestFacts, 'endUser'> {
  const endUser = isObject(metadata) ? metadata['user_id'] : undefined;
  return typeof endUser === 'string' && endUser !== '' ? { endUser } : {};
}

/** The vendor lets the model call the tools of servers, which do whatever they do, and run code in a container that stays for later calls. */
function effectsOf({ mcp_servers: servers, container, tools }: JsonObject): Pick<RequestFacts, 'hasEffects'> {
  const hasServers = Array.isArray(servers) && servers.length > 0;
  const hasContainer = container !== undefined && container !== null;
  const runsCode =
    Array.isArray(tools) && tools.some((tool: unknown) => String((tool as JsonObject | null)?.['type']).startsWith('code_execution'));
  return hasServers || hasContainer || runsCode ? { hasEffects: true } : {};
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
