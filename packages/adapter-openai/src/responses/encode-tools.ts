import {
  type CanonicalRequest,
  chosenServerTool,
  type CodecContext,
  loseServerToolOptions,
  type ServerTool,
  type ToolDefinition,
} from '@tollgate/plugin-kit';
import { loseCacheMark } from '../chat/encode-cache-mark.js';
import { defined } from '../defined.js';
import { freeformParameters } from '../freeform.js';
import { isOwnModel } from '../model-families.js';
import { isObject } from '../request-fields.js';
import { responsesDialectId, type Tool, type ToolChoice } from './wire.js';

/** Tools as `model` takes them. `formats` are grammars of custom tools by name, from this dialect's own extensions. */
export function encodeTools(tools: readonly ToolDefinition[], formats: unknown, model: string, context: CodecContext): Tool[] {
  if (tools.some(({ cache }) => cache !== undefined)) loseCacheMark(model, context);
  for (const { name, builtin, server } of tools) {
    if (builtin?.dialect === responsesDialectId) continue;
    if (server !== undefined && server.kind !== 'web-fetch') {
      loseServerToolOptions(server, ['allowedDomains', 'userLocation', 'contextSize'], name, (loss) => context.lose(loss));
      continue;
    }
    if (server !== undefined)
      context.lose({ field: `tools.${name}`, how: 'dropped', why: 'This dialect opens pages only as part of a search.' });
    if (builtin === undefined || server !== undefined) continue;
    context.lose({ field: `tools.${name}`, how: 'dropped', why: `Only ${builtin.dialect} has this tool.` });
  }
  return declaredTools(isOwnModel(model) ? tools : tools.map((tool) => emulated(tool, context)), formats);
}

/** Compatible servers have no tools for plain text. */
function emulated(tool: ToolDefinition, context: CodecContext): ToolDefinition {
  if (tool.freeform !== true) return tool;
  const why = 'Only the vendor has tools for plain text: a function with one text stands for it.';
  context.lose({ field: `tools.${tool.name}`, how: 'emulated', why });
  return { ...defined({ name: tool.name, description: tool.description }), parameters: freeformParameters };
}

/** Tools as a client of this dialect declares them. */
export function declaredTools(tools: readonly ToolDefinition[], formats: unknown): Tool[] {
  return tools.flatMap((tool) =>
    declaredTool(tool, isObject(formats) && Object.hasOwn(formats, tool.name) ? formats[tool.name] : undefined),
  );
}

function declaredTool({ name, description, builtin, server, freeform, parameters, strict }: ToolDefinition, format: unknown): Tool[] {
  if (builtin?.dialect === responsesDialectId) return [builtin.data as unknown as Tool];
  if (server !== undefined) return serverTool(server);
  if (builtin !== undefined) return [];
  if (freeform === true) return [{ type: 'custom', ...(defined({ name, description, format }) as { name: string }) }];
  // Unlike the other dialects, this one takes a tool that says nothing for a strict one.
  return [{ type: 'function', ...defined({ name, description }), parameters: parameters ?? emptySchema, strict: strict ?? false }];
}

/** The vendor's counterpart of a server tool of others. */
function serverTool(server: ServerTool): Tool[] {
  switch (server.kind) {
    case 'web-search': {
      const { allowedDomains, userLocation, contextSize } = server;
      const options = defined({
        filters: allowedDomains === undefined ? undefined : { allowed_domains: [...allowedDomains] },
        user_location: userLocation === undefined ? undefined : { type: 'approximate' as const, ...userLocation },
        search_context_size: contextSize,
      });
      return [{ type: 'web_search', ...options }];
    }
    case 'code-execution':
      return [{ type: 'code_interpreter', container: { type: 'auto' } }];
    case 'web-fetch':
      return [];
  }
}

const serverToolTypes: Readonly<Partial<Record<ServerTool['kind'], string>>> = {
  'web-search': 'web_search',
  'code-execution': 'code_interpreter',
};

const emptySchema = { type: 'object', properties: {} };

/** The choice among `tools`, where it stands for something: the vendor refuses one without tools. */
export function encodeToolChoice(request: CanonicalRequest, tools: readonly Tool[]): ToolChoice | undefined {
  const { toolChoice } = request;
  if (toolChoice === undefined || tools.length === 0) return undefined;
  if (typeof toolChoice === 'string') return toolChoice;
  const { name } = toolChoice;
  const chosen = chosenServerTool(request);
  if (chosen !== undefined) {
    const type = serverToolTypes[chosen];
    return type === undefined ? undefined : { type: 'allowed_tools', mode: 'required', tools: [{ type }] };
  }
  const isFreeform = tools.some((tool) => tool.type === 'custom' && tool.name === name);
  return { type: isFreeform ? 'custom' : 'function', name };
}
