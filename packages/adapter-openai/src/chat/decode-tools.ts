import { BadRequestError, type JsonObject, type ToolChoice, type ToolDefinition } from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { isObject, optionalBoolean, optionalObject, optionalText, requireArray, requireName, requireObject } from '../request-fields.js';
import { chatDialectId } from './wire.js';

/** @throws BadRequestError naming the tool. */
export function decodeTools(tools: unknown): ToolDefinition[] {
  return requireArray(tools, 'tools').map((tool, index) => decodeTool(requireObject(tool, `tools.${index}`), `tools.${index}`));
}

function decodeTool(tool: JsonObject, field: string): ToolDefinition {
  switch (tool['type']) {
    case 'function':
      return decodeFunction(requireObject(tool['function'], `${field}.function`), `${field}.function`);
    case 'custom': {
      const custom = requireObject(tool['custom'], `${field}.custom`);
      return defined({
        name: requireName(custom['name'], `${field}.custom.name`),
        description: optionalText(custom['description'], `${field}.custom.description`),
        freeform: true as const,
      });
    }
    default:
      return { name: requireName(tool['type'], `${field}.type`), builtin: { dialect: chatDialectId, data: tool } };
  }
}

/** A function's declaration, inside a tool or in the older `functions` list. */
export function decodeFunction(declared: JsonObject, field: string): ToolDefinition {
  return defined({
    name: requireName(declared['name'], `${field}.name`),
    description: optionalText(declared['description'], `${field}.description`),
    parameters: optionalObject(declared['parameters'], `${field}.parameters`),
    strict: optionalBoolean(declared['strict'], `${field}.strict`),
  });
}

/** Grammars of custom tools, by tool name: the canonical form has no place for them. */
export function customFormats(tools: unknown): JsonObject | undefined {
  const declared: readonly unknown[] = Array.isArray(tools) ? tools : [];
  const formats = declared.flatMap((tool): [string, JsonObject][] => {
    const custom = isObject(tool) ? tool['custom'] : undefined;
    return isObject(custom) && typeof custom['name'] === 'string' && isObject(custom['format']) ? [[custom['name'], custom['format']]] : [];
  });
  return formats.length === 0 ? undefined : Object.fromEntries(formats);
}

/** Undefined if the choice is one that only this dialect knows. @throws BadRequestError */
export function decodeToolChoice(choice: unknown): ToolChoice | undefined {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice;
  if (!isObject(choice)) throw new BadRequestError('tool_choice must be auto, none, required or name a tool.', 'tool_choice');
  switch (choice['type']) {
    case 'function':
    case 'custom': {
      const named = requireObject(choice[choice['type']], `tool_choice.${choice['type']}`);
      return { name: requireName(named['name'], `tool_choice.${choice['type']}.name`) };
    }
    default:
      requireName(choice['type'], 'tool_choice.type');
      return undefined;
  }
}
