import { type CodecContext, type JsonObject, type Loss, loseServerToolOptions, type ServerTool } from '@tollgate/plugin-kit';
import { isJsonObject } from './wire.js';

const kindsByName: ReadonlyMap<string, ServerTool['kind']> = new Map([
  ['googleSearch', 'web-search'],
  ['googleSearchRetrieval', 'web-search'],
  ['urlContext', 'web-fetch'],
  ['codeExecution', 'code-execution'],
]);

/** Undefined for what other vendors do not have. The service takes names in both spellings. */
export function kindOfServerTool(name: string): ServerTool['kind'] | undefined {
  return kindsByName.get(camelCase(name));
}

/** What other vendors have of a server tool; undefined for those that only this one has. */
export function decodeServerTool(name: string, settings: unknown, path: string, context: CodecContext): ServerTool | undefined {
  const kind = kindOfServerTool(name);
  if (kind === undefined) return undefined;
  const { excludeDomains, exclude_domains: excluded = excludeDomains, ...others } = isJsonObject(settings) ? settings : {};
  for (const option of Object.keys(others))
    context.lose({ field: `${path}.${option}`, how: 'dropped', why: 'Only this service has such an option.' });
  const blockedDomains = Array.isArray(excluded) ? excluded.filter((domain) => typeof domain === 'string') : [];
  return kind === 'web-search' && blockedDomains.length > 0 ? { kind, blockedDomains } : { kind };
}

const namesByKind: Readonly<Record<ServerTool['kind'], string>> = {
  'web-search': 'googleSearch',
  'web-fetch': 'urlContext',
  'code-execution': 'codeExecution',
};

/**
 * The service's counterpart of a server tool of others.
 * @param mixes whether there are functions, too: most models refuse both together, and functions are what the caller cannot do without.
 */
export function encodeServerTool(tool: ServerTool, name: string, mixes: boolean, lose: (loss: Loss) => void): readonly JsonObject[] {
  if (mixes) {
    lose({ field: `tools.${name}`, how: 'dropped', why: 'The service does not mix its own tools with functions.' });
    return [];
  }
  loseServerToolOptions(tool, [], name, lose);
  return [{ [namesByKind[tool.kind]]: {} }];
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}
