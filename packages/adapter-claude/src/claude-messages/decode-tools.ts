import { BadRequestError, type CodecContext, type JsonObject, type ToolChoice, type ToolDefinition } from '@tollgate/plugin-kit';
import { cacheOf } from './decode-blocks.js';
import { loseUnknownMembers } from './losses.js';
import { decodeServerTool } from './server-tools.js';
import { optionalList, optionalObject, optionalText, requiredText, wrongType } from './request-fields.js';
import { dialectId, isObject, textIn } from './wire.js';

const knownToolMembers = ['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'];

/** @throws BadRequestError naming the tool. */
export function decodeTools(body: JsonObject, context: CodecContext): readonly ToolDefinition[] {
  return (optionalList(body, 'tools') ?? []).map((tool, index) => decodeTool(tool, `tools.${index}`, context));
}

function decodeTool(tool: unknown, path: string, context: CodecContext): ToolDefinition {
  if (!isObject(tool)) throw wrongType(path, 'an object');
  const type = optionalText(tool, 'type', path);
  if (type !== undefined && type !== 'custom') {
    const server = decodeServerTool(tool, type, path, context);
    const shared = server === undefined ? {} : { server, ...cacheOf(tool, path) };
    return { name: textIn(tool.name) || type, ...shared, builtin: { dialect: dialectId, data: tool } };
  }
  loseUnknownMembers(tool, knownToolMembers, path, context);
  const description = optionalText(tool, 'description', path);
  const parameters = optionalObject(tool, 'input_schema', `${path}.input_schema`);
  return {
    name: requiredText(tool, 'name', path),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
    ...cacheOf(tool, path),
  };
}

export interface DecodedToolChoice {
  readonly choice?: ToolChoice;
  readonly parallel?: boolean;
}

export function decodeToolChoice(body: JsonObject, context: CodecContext): DecodedToolChoice {
  const wire = optionalObject(body, 'tool_choice', 'tool_choice');
  if (wire === undefined) return {};
  loseUnknownMembers(wire, ['type', 'name', 'disable_parallel_tool_use'], 'tool_choice', context);
  const disabled = wire.disable_parallel_tool_use;
  return { choice: choiceOf(wire), ...(typeof disabled === 'boolean' ? { parallel: !disabled } : {}) };
}

function choiceOf(wire: JsonObject): ToolChoice {
  switch (wire.type) {
    case 'auto':
    case 'none':
      return wire.type;
    case 'any':
      return 'required';
    case 'tool':
      return { name: requiredText(wire, 'name', 'tool_choice') };
    default:
      throw new BadRequestError('tool_choice.type must be auto, any, tool or none.', 'tool_choice.type');
  }
}
