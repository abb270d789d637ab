import { BadRequestError, type CodecContext, type JsonObject, type ToolChoice, type ToolDefinition } from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { isObject, optionalBoolean, optionalObject, optionalText, requireArray, requireName, requireObject } from '../request-fields.js';
import { flatName } from './namespaces.js';
import { responsesDialectId } from './wire.js';

/** A tool as the client wrote it, and where. */
interface GivenTool {
  readonly tool: JsonObject;
  readonly field: string;
  readonly grouped?: ToolDefinition['grouped'];
}

export interface DecodedTools {
  readonly tools: readonly ToolDefinition[] | undefined;
  /** Grammars of custom tools, by tool name: the canonical form has no place for them. */
  readonly formats: JsonObject | undefined;
}

/**
 * The tools of a request: its own, and those that items of its input add later, which are offered from the start here. Tools in namespaces
 * stand for themselves, each under a name that says its namespace.
 * @throws BadRequestError naming the tool.
 */
export function decodeTools(body: JsonObject, context: CodecContext): DecodedTools {
  const added = addedTools(body['input']);
  if (added.length > 0) {
    context.lose({
      field: 'additional_tools',
      how: 'emulated',
      why: 'Tools are offered from the start: only this dialect adds some later.',
    });
  }
  const given = [...toolsIn(body['tools'], 'tools'), ...added].flatMap((each) =>
    each.tool['type'] === 'namespace' ? toolsOfNamespace(each, context) : [each],
  );
  if (given.length === 0) return { tools: Array.isArray(body['tools']) ? [] : undefined, formats: undefined };
  const tools = given.map(decodeTool);
  const formats = given.flatMap(({ tool: { type, format } }, index): (readonly [string, JsonObject])[] =>
    type === 'custom' && isObject(format) ? [[tools[index]?.name ?? '', format]] : [],
  );
  return {
    tools: added.length === 0 ? tools : newestOfEachName(tools),
    formats: formats.length === 0 ? undefined : Object.fromEntries(formats),
  };
}

function toolsIn(tools: unknown, field: string): readonly GivenTool[] {
  if (tools === undefined || tools === null) return [];
  return requireArray(tools, field).map((tool, index) => ({ tool: requireObject(tool, `${field}.${index}`), field: `${field}.${index}` }));
}

function addedTools(input: unknown): readonly GivenTool[] {
  const items: readonly unknown[] = Array.isArray(input) ? input : [];
  return items.flatMap((item, index) =>
    isObject(item) && item['type'] === 'additional_tools' ? toolsIn(item['tools'], `input.${index}.tools`) : [],
  );
}

function toolsOfNamespace({ tool: space, field }: GivenTool, context: CodecContext): readonly GivenTool[] {
  const namespace = requireName(space['name'], `${field}.name`);
  const description = optionalText(space['description'], `${field}.description`);
  context.lose({ field: 'tools.namespace', how: 'emulated', why: 'Only this dialect groups tools: the name of each says its namespace.' });
  return toolsIn(space['tools'], `${field}.tools`).map(({ tool, field: nested }) => {
    const grouped = { namespace, name: requireName(tool['name'], `${nested}.name`) };
    const own = optionalText(tool['description'], `${nested}.description`);
    const told = [description, own].filter((text) => text !== undefined && text !== '').join('\n\n');
    return { tool: told === '' ? tool : { ...tool, description: told }, field: nested, grouped };
  });
}

function decodeTool({ tool, field, grouped }: GivenTool): ToolDefinition {
  const type = requireName(tool['type'], `${field}.type`);
  if (type !== 'function' && type !== 'custom') return { name: type, builtin: { dialect: responsesDialectId, data: tool } };
  const named = {
    name: grouped === undefined ? requireName(tool['name'], `${field}.name`) : flatName(grouped.namespace, grouped.name),
    description: optionalText(tool['description'], `${field}.description`),
    grouped,
  };
  if (type === 'custom') return defined({ ...named, freeform: true as const });
  return defined({
    ...named,
    parameters: optionalObject(tool['parameters'], `${field}.parameters`),
    strict: optionalBoolean(tool['strict'], `${field}.strict`),
  });
}

/** What is added later counts more than what was there under its name; server tools have no names of their own. */
function newestOfEachName(tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
  const last = new Map(tools.map(({ name, builtin }, index) => [builtin === undefined ? name : index, index]));
  return tools.filter(({ name, builtin }, index) => last.get(builtin === undefined ? name : index) === index);
}

/** Undefined if none is given, or one that only this dialect knows. @throws BadRequestError */
export function decodeToolChoice(choice: unknown): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice;
  if (!isObject(choice)) throw new BadRequestError('tool_choice must be auto, none, required or name a tool.', 'tool_choice');
  if (choice['type'] !== 'function' && choice['type'] !== 'custom') return undefined;
  return { name: requireName(choice['name'], 'tool_choice.name') };
}
