import type { CanonicalRequest, CodecContext, JsonObject, ToolDefinition } from '@tollgate/plugin-kit';
import { drop } from '../wire.js';

/** Schema of the function that stands for a tool which takes plain text. */
const freeformSchema: JsonObject = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };

/** Tools and the duty to call one (API reference, `tools`, `tool_choice`, `strict_tools`). */
export function encodeTools(request: CanonicalRequest, context: CodecContext): JsonObject {
  const { toolChoice, parallelToolCalls, tools: wanted = [] } = request;
  const usable = wanted.filter((tool) => isUsable(tool, context));
  if (usable.length === 0) {
    if (toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none')
      drop('tool_choice', 'There are no tools to choose from.', context);
    return {};
  }
  if (parallelToolCalls === false) drop('parallel_tool_calls', 'Cohere cannot be told to call one tool at a time.', context);
  const { tools, choice } = chosen(usable, toolChoice, context);
  return {
    tools: tools.map((tool) => encodeTool(tool, context)),
    ...strictness(tools, context),
    ...(choice === undefined ? {} : { tool_choice: choice }),
  };
}

function isUsable({ name, builtin, server }: ToolDefinition, context: CodecContext): boolean {
  const isElsewhere = builtin !== undefined || server !== undefined;
  if (isElsewhere) drop(`tools.${name}`, `Cohere does not have the server tool ${server?.kind ?? name}.`, context);
  return !isElsewhere;
}

interface Choice {
  readonly tools: readonly ToolDefinition[];
  readonly choice?: 'REQUIRED' | 'NONE';
}

/** A model can be made to call some tool, not a certain one: it is shown no other then. */
function chosen(tools: readonly ToolDefinition[], choice: CanonicalRequest['toolChoice'], context: CodecContext): Choice {
  if (choice === undefined || choice === 'auto') return { tools };
  if (choice === 'none') return { tools, choice: 'NONE' };
  if (choice === 'required') return { tools, choice: 'REQUIRED' };
  const only = tools.filter(({ name }) => name === choice.name);
  if (only.length === 0) {
    drop('tool_choice', `There is no tool ${choice.name} to choose.`, context);
    return { tools };
  }
  context.lose({ field: 'tool_choice', how: 'emulated', why: 'Cohere cannot be made to call a certain tool: it is shown that one only.' });
  return { tools: only, choice: 'REQUIRED' };
}

function encodeTool({ name, description, parameters, freeform, cache }: ToolDefinition, context: CodecContext): JsonObject {
  if (cache !== undefined) drop('cache_control', 'Cohere has no prompt cache that requests could mark.', context);
  if (freeform === true) context.lose({ field: `tools.${name}`, how: 'emulated', why: 'A tool for plain text became one for JSON.' });
  const schema = freeform === true ? freeformSchema : { type: 'object', properties: {}, ...parameters };
  return { type: 'function', function: { name, ...(description === undefined ? {} : { description }), parameters: schema } };
}

/** Cohere is strict with all tools or with none. */
function strictness(tools: readonly ToolDefinition[], context: CodecContext): JsonObject {
  const strict = tools.filter((tool) => tool.strict === true);
  if (strict.length === 0) return {};
  if (strict.length < tools.length)
    context.lose({ field: 'tools.strict', how: 'coerced', why: 'Cohere is strict with all tools or with none: it is with all.' });
  return { strict_tools: true };
}
