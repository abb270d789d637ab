import { type CanonicalRequest, chosenServerTool, type CodecContext, type ToolDefinition } from '@tollgate/plugin-kit';
import { cacheControl } from './encode-blocks.js';
import { encodeServerTool, serverToolNames } from './server-tools.js';
import { freeformSchema } from './tool-arguments.js';
import { dialectId, type ToolUnion, type WireToolChoice } from './wire.js';

type CustomTool = Extract<ToolUnion, { input_schema: unknown }>;

export interface EncodedTools {
  readonly tools?: ToolUnion[];
  readonly tool_choice?: WireToolChoice;
}

/** Tools and the choice among them; the vendor refuses a choice without tools. Names are not checked: the upstream refuses what it dislikes. */
export function encodeTools(request: CanonicalRequest, context: CodecContext): EncodedTools {
  const tools = (request.tools ?? []).map((tool) => encodeTool(tool, context)).filter((tool) => tool !== undefined);
  const choice = encodeToolChoice(request);
  if (tools.length > 0) return { tools, ...(choice === undefined ? {} : { tool_choice: choice }) };
  const wanted = request.toolChoice === 'required' || typeof request.toolChoice === 'object';
  if (wanted) context.lose({ field: 'tool_choice', how: 'dropped', why: 'There are no tools to choose from.' });
  return {};
}

function encodeTool(tool: ToolDefinition, context: CodecContext): ToolUnion | undefined {
  const { builtin, server } = tool;
  if (builtin?.dialect === dialectId) return builtin.data as object as ToolUnion;
  if (server !== undefined) return { ...encodeServerTool(server, tool.name, context), ...cacheControl(tool.cache) };
  if (builtin !== undefined) {
    context.lose({ field: `tools.${tool.name}`, how: 'dropped', why: `Only ${builtin.dialect} has this tool.` });
    return undefined;
  }
  if (tool.freeform === true)
    context.lose({ field: `tools.${tool.name}`, how: 'emulated', why: 'A tool for plain text became one for JSON.' });
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    input_schema: inputSchema(tool),
    ...(tool.strict === undefined ? {} : { strict: tool.strict }),
    ...cacheControl(tool.cache),
  };
}

function inputSchema(tool: ToolDefinition): CustomTool['input_schema'] {
  if (tool.freeform === true) return { ...freeformSchema, required: [...freeformSchema.required] };
  return { type: 'object', ...tool.parameters };
}

function encodeToolChoice(request: CanonicalRequest): WireToolChoice | undefined {
  const { toolChoice, parallelToolCalls } = request;
  if (toolChoice === 'none') return { type: 'none' };
  const oneAtMost = parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  if (toolChoice === undefined) return parallelToolCalls === false ? { type: 'auto', ...oneAtMost } : undefined;
  if (toolChoice === 'auto') return { type: 'auto', ...oneAtMost };
  if (toolChoice === 'required') return { type: 'any', ...oneAtMost };
  const serverTool = chosenServerTool(request);
  return { type: 'tool', name: serverTool === undefined ? toolChoice.name : serverToolNames[serverTool], ...oneAtMost };
}
