import type { CanonicalRequest, JsonObject, ToolDefinition } from '@tollgate/plugin-kit';
import { type BlockEncoding, cachePoint } from './encode-blocks.js';
import { freeformSchema } from './tool-arguments.js';
import { drop } from './wire.js';

/** Tools and the duty to call one. Bedrock refuses an empty list, and a history of calls without one. */
export function encodeTools(request: CanonicalRequest, encoding: BlockEncoding): { readonly toolConfig?: JsonObject } {
  const { context } = encoding;
  const { toolChoice, parallelToolCalls } = request;
  const isBanned = toolChoice === 'none';
  const isInHistory = request.turns.some(({ blocks }) => blocks.some(({ type }) => type === 'tool-call' || type === 'tool-result'));
  if (isBanned && !isInHistory) return {};
  const tools = (request.tools ?? []).flatMap((tool) => encodeTool(tool, encoding));
  if (tools.length === 0) {
    if (toolChoice === 'required' || typeof toolChoice === 'object') drop('tool_choice', 'There are no tools to choose from.', context);
    return isInHistory ? { toolConfig: { tools: [standIn] } } : {};
  }
  if (isBanned) drop('tool_choice', 'Bedrock cannot ban tools that the history has calls of.', context);
  if (parallelToolCalls === false) drop('parallel_tool_calls', 'Bedrock cannot be told to call one tool at a time.', context);
  const choice = encodeChoice(request, encoding);
  return { toolConfig: { tools, ...(choice === undefined ? {} : { toolChoice: choice }) } };
}

/** Stands for tools that the request no longer has. */
const standIn: JsonObject = {
  toolSpec: { name: 'no_tool', description: 'There is no tool any more.', inputSchema: { json: { type: 'object', properties: {} } } },
};

function encodeTool(tool: ToolDefinition, encoding: BlockEncoding): readonly JsonObject[] {
  const { context, traits } = encoding;
  const { name, description, strict, freeform, builtin, server } = tool;
  if (builtin !== undefined || server !== undefined) {
    drop(`tools.${name}`, `Bedrock does not have the server tool ${server?.kind ?? name}.`, context);
    return [];
  }
  if (freeform === true) context.lose({ field: `tools.${name}`, how: 'emulated', why: 'A tool for plain text became one for JSON.' });
  const isStrict = strict === true && traits.structuredOutput;
  if (strict === true && !isStrict) drop(`tools.${name}.strict`, 'This model cannot be held to a schema.', context);
  const spec = {
    name,
    // An empty one is refused.
    ...(description === undefined || description.trim() === '' ? {} : { description }),
    inputSchema: { json: freeform === true ? freeformSchema : { type: 'object', ...tool.parameters } },
    ...(isStrict ? { strict } : {}),
  };
  return [{ toolSpec: spec }, ...(traits.cache === '5m' ? loseMark(tool, encoding) : cachePoint(tool, encoding))];
}

/** Nova has marks in instructions and messages only. */
function loseMark({ cache }: ToolDefinition, { context }: BlockEncoding): readonly JsonObject[] {
  if (cache !== undefined) drop('cache_control', 'This model takes no marks for the cache among tools.', context);
  return [];
}

function encodeChoice({ toolChoice }: CanonicalRequest, { traits, context }: BlockEncoding): JsonObject | undefined {
  if (toolChoice !== 'required' && typeof toolChoice !== 'object') return undefined;
  if (!traits.forcedTools) return drop('tool_choice', 'This model cannot be made to call a tool.', context);
  return toolChoice === 'required' ? { any: {} } : { tool: { name: toolChoice.name } };
}
