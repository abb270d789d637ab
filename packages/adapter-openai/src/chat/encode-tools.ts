import {
  type CanonicalRequest,
  chosenServerTool,
  type CodecContext,
  type JsonObject,
  loseServerToolOptions,
  type ServerTool,
  type ToolDefinition,
} from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { freeformParameters } from '../freeform.js';
import { isOwnModel, searches } from '../model-families.js';
import { isObject } from '../request-fields.js';
import { loseCacheMark } from './encode-cache-mark.js';
import { chatDialectId, type Tool, type ToolChoiceOption } from './wire.js';

/** Tools as chat declares them. `formats` are grammars of custom tools by name, from this dialect's own extensions. */
export function encodeTools(tools: readonly ToolDefinition[], formats: unknown, model: string, context: CodecContext): Tool[] {
  if (tools.some(({ cache }) => cache !== undefined)) loseCacheMark(model, context);
  return tools
    .map((tool) =>
      encodeTool(tool, isObject(formats) && Object.hasOwn(formats, tool.name) ? formats[tool.name] : undefined, model, context),
    )
    .filter((tool) => tool !== undefined);
}

function encodeTool(tool: ToolDefinition, format: unknown, model: string, context: CodecContext): Tool | undefined {
  if (tool.builtin?.dialect === chatDialectId) return tool.builtin.data as unknown as Tool;
  if (tool.server !== undefined) return loseServerTool(tool.name, tool.server, model, context);
  if (tool.builtin !== undefined) {
    context.lose({ field: `tools.${tool.name}`, how: 'dropped', why: `Only ${tool.builtin.dialect} has this tool.` });
    return undefined;
  }
  const { name, description, parameters, strict } = tool;
  if (tool.freeform === true && !isOwnModel(model)) {
    context.lose({
      field: `tools.${name}`,
      how: 'emulated',
      why: 'Only the vendor has tools for plain text: a function with one text stands for it.',
    });
    return { type: 'function', function: defined({ name, description, parameters: freeformParameters }) };
  }
  if (tool.freeform === true) return { type: 'custom', custom: defined({ name, description, format }) as { name: string } };
  return { type: 'function', function: defined({ name, description, parameters, strict }) };
}

/** A search is no tool here: {@link encodeSearch} says it. */
function loseServerTool(name: string, server: ServerTool, model: string, context: CodecContext): undefined {
  if (server.kind === 'web-search' && searches(model)) return;
  const why =
    server.kind === 'web-search' ? 'In this dialect only models that are made for it search.' : 'This dialect has no such server tool.';
  context.lose({ field: `tools.${name}`, how: 'dropped', why });
}

/** What is searched for the model while it answers, as a field of the request. */
export function encodeSearch({ tools = [], model }: CanonicalRequest, context: CodecContext): JsonObject | undefined {
  for (const { name, server } of tools) {
    if (server?.kind !== 'web-search' || !searches(model)) continue;
    loseServerToolOptions(server, ['userLocation', 'contextSize'], name, (loss) => context.lose(loss));
    const { userLocation, contextSize } = server;
    return defined({
      search_context_size: contextSize,
      user_location: userLocation === undefined ? undefined : { type: 'approximate', approximate: { ...userLocation } },
    });
  }
  return undefined;
}

/** The choice, where it stands for something: a vendor's server refuses one without tools. */
export function encodeToolChoice(request: CanonicalRequest, context: CodecContext): ToolChoiceOption | undefined {
  if (chosenServerTool(request) !== undefined) {
    context.lose({ field: 'toolChoice', how: 'dropped', why: 'In this dialect models search as they see fit.' });
    return undefined;
  }
  const { toolChoice } = request;
  const tools = request.tools?.filter(({ server }) => server === undefined);
  if (toolChoice === undefined || tools === undefined || tools.length === 0) return undefined;
  if (typeof toolChoice === 'string') return toolChoice;
  const { name } = toolChoice;
  const isFreeform = tools.some((tool) => tool.name === name && tool.freeform === true) && isOwnModel(request.model);
  return isFreeform ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } };
}
