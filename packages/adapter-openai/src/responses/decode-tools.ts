import { BadRequestError, type JsonObject, type ToolChoice, type ToolDefinition } from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { isObject, optionalBoolean, optionalObject, optionalText, requireArray, requireName, requireObject } from '../request-fields.js';
import { responsesDialectId } from './wire.js';

/** @throws BadRequestError naming the tool. */
export function decodeTools(tools: unknown): ToolDefinition[] | undefined {
  if (tools === undefined || tools === null) return undefined;
  return requireArray(tools, 'tools').map((tool, index) => decodeTool(requireObject(tool, `tools.${index}`), `tools.${index}`));
}

function decodeTool(tool: JsonObject, field: string): ToolDefinition {
  const type = requireName(tool['type'], `${field}.type`);
  if (type !== 'function' && type !== 'custom') return { name: type, builtin: { dialect: responsesDialectId, data: tool } };
  const named = {
    name: requireName(tool['name'], `${field}.name`),
    description: optionalText(tool['description'], `${field}.description`),
  };
  if (type === 'custom') return defined({ ...named, freeform: true as const });
  return defined({
    ...named,
    parameters: optionalObject(tool['parameters'], `${field}.parameters`),
    strict: optionalBoolean(tool['strict'], `${field}.strict`),
  });
}

/** Grammars of custom tools, by tool name: the canonical form has no place for them. */
export function customFormats(tools: unknown): JsonObject | undefined {
  const formats = (Array.isArray(tools) ? tools : []).flatMap((tool: unknown): (readonly [string, JsonObject])[] => {
    if (!isObject(tool) || tool['type'] !== 'custom') return [];
    const { name, format } = tool;
    return typeof name === 'string' && isObject(format) ? [[name, format]] : [];
  });
  return formats.length === 0 ? undefined : Object.fromEntries(formats);
}

/** Undefined if none is given, or one that only this dialect knows. @throws BadRequestError */
export function decodeToolChoice(choice: unknown): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice;
  if (!isObject(choice)) throw new BadRequestError('tool_choice must be auto, none, required or name a tool.', 'tool_choice');
  if (choice['type'] !== 'function' && choice['type'] !== 'custom') return undefined;
  return { name: requireName(choice['name'], 'tool_choice.name') };
}
