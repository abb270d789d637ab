import { type CodecContext, type JsonObject, loseServerToolOptions, type ServerTool, type UserLocation } from '@tollgate/plugin-kit';
import { loseUnknownMembers } from './losses.js';
import { optionalNumber, optionalObject } from './request-fields.js';
import { textIn, type ToolUnion } from './wire.js';

/** The vendor insists on these names. */
export const serverToolNames: Readonly<Record<ServerTool['kind'], string>> = {
  'web-search': 'web_search',
  'web-fetch': 'web_fetch',
  'code-execution': 'code_execution',
};

/** The versions that all models take which have the tool. */
const serverToolTypes: Readonly<Record<ServerTool['kind'], string>> = {
  'web-search': 'web_search_20250305',
  'web-fetch': 'web_fetch_20250910',
  'code-execution': 'code_execution_20250825',
};

/** What other vendors have of a server tool; undefined for those that only this one has. */
export function decodeServerTool(tool: JsonObject, type: string, path: string, context: CodecContext): ServerTool | undefined {
  const known = ['type', 'name', 'cache_control'];
  const limits = [...known, 'max_uses', 'allowed_domains', 'blocked_domains'];
  switch (type.replace(/_\d{8}$/, '')) {
    case 'web_search':
      loseUnknownMembers(tool, [...limits, 'user_location'], path, context);
      return { kind: 'web-search', ...decodeLimits(tool, path), ...decodeLocation(tool, path) };
    case 'web_fetch':
      loseUnknownMembers(tool, limits, path, context);
      return { kind: 'web-fetch', ...decodeLimits(tool, path) };
    case 'code_execution':
      loseUnknownMembers(tool, known, path, context);
      return { kind: 'code-execution' };
    default:
      return undefined;
  }
}

function decodeLimits(
  tool: JsonObject,
  path: string,
): Pick<ServerTool & { kind: 'web-fetch' }, 'allowedDomains' | 'blockedDomains' | 'usesMax'> {
  const usesMax = optionalNumber(tool, 'max_uses', `${path}.max_uses`);
  const allowedDomains = textsIn(tool.allowed_domains);
  const blockedDomains = textsIn(tool.blocked_domains);
  return {
    ...(allowedDomains.length > 0 ? { allowedDomains } : {}),
    ...(blockedDomains.length > 0 ? { blockedDomains } : {}),
    ...(usesMax === undefined ? {} : { usesMax }),
  };
}

function decodeLocation(tool: JsonObject, path: string): { readonly userLocation?: UserLocation } {
  const wire = optionalObject(tool, 'user_location', `${path}.user_location`);
  if (wire === undefined) return {};
  const members = (['city', 'region', 'country', 'timezone'] as const).filter((member) => textIn(wire[member]) !== '');
  return { userLocation: Object.fromEntries(members.map((member) => [member, textIn(wire[member])])) };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}

/** The vendor's counterpart of a server tool of others. */
export function encodeServerTool(tool: ServerTool, name: string, context: CodecContext): ToolUnion {
  loseServerToolOptions(tool, ['allowedDomains', 'blockedDomains', 'userLocation', 'usesMax'], name, (loss) => context.lose(loss));
  const limits = tool.kind === 'code-execution' ? {} : encodeLimits(tool);
  const location =
    tool.kind === 'web-search' && tool.userLocation !== undefined ? { user_location: { type: 'approximate', ...tool.userLocation } } : {};
  const wire = { type: serverToolTypes[tool.kind], name: serverToolNames[tool.kind], ...limits, ...location };
  return wire as unknown as ToolUnion;
}

function encodeLimits({ allowedDomains, blockedDomains, usesMax }: Exclude<ServerTool, { kind: 'code-execution' }>): JsonObject {
  return {
    ...(usesMax === undefined ? {} : { max_uses: usesMax }),
    ...(allowedDomains === undefined ? {} : { allowed_domains: allowedDomains }),
    ...(blockedDomains === undefined ? {} : { blocked_domains: blockedDomains }),
  };
}
