import {
  BadRequestError,
  type CodecContext,
  type JsonObject,
  type ServerTool,
  type ToolChoice,
  type ToolDefinition,
} from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { isObject, optionalBoolean, optionalObject, optionalText, requireName } from '../request-fields.js';
import { readSearch } from '../server-tools.js';
import { type GivenTool, givenTools } from './given-tools.js';
import { flatName } from './namespaces.js';
import { responsesDialectId } from './wire.js';

export interface DecodedTools {
  readonly tools: readonly ToolDefinition[] | undefined;
  /** Grammars of custom tools, by tool name: the canonical form has no place for them. */
  readonly formats: JsonObject | undefined;
}

/** The tools of a request, its own and those that its input adds. @throws BadRequestError naming the tool. */
export function decodeTools(body: JsonObject, context: CodecContext): DecodedTools {
  const { given, areAdded } = givenTools(body, context);
  if (given.length === 0) return { tools: Array.isArray(body['tools']) ? [] : undefined, formats: undefined };
  const tools = given.map((each) => decodeTool(each, context));
  const formats = given.flatMap(({ tool: { type, format } }, index): (readonly [string, JsonObject])[] =>
    type === 'custom' && isObject(format) ? [[tools[index]?.name ?? '', format]] : [],
  );
  return {
    tools: areAdded ? newestOfEachName(tools) : tools,
    formats: formats.length === 0 ? undefined : Object.fromEntries(formats),
  };
}

/** What is added later counts more than what was there under its name; server tools have no names of their own. */
function newestOfEachName(tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
  const last = new Map(tools.map(({ name, builtin }, index) => [builtin === undefined ? name : index, index]));
  return tools.filter(({ name, builtin }, index) => last.get(builtin === undefined ? name : index) === index);
}

function decodeTool({ tool, field, grouped }: GivenTool, context: CodecContext): ToolDefinition {
  const type = requireName(tool['type'], `${field}.type`);
  if (type !== 'function' && type !== 'custom') {
    const server = decodeServerTool(tool, type, field, context);
    return defined({ name: type, server, builtin: { dialect: responsesDialectId, data: tool } });
  }
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

const searchType = /^web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/;

/** What other vendors have of a server tool; undefined for those that only this one has. */
function decodeServerTool(tool: JsonObject, type: string, field: string, context: CodecContext): ServerTool | undefined {
  if (searchType.test(type)) {
    // Who wants to search a store of pages only must not be made to search the live web, and to pay for it.
    if (tool['external_web_access'] === false) return undefined;
    loseOthers(tool, ['filters', 'user_location', 'search_context_size'], field, context);
    return readSearch(tool);
  }
  if (type !== 'code_interpreter') return undefined;
  loseOthers(tool, ['container'], field, context);
  const { container } = tool;
  if (isObject(container)) loseOthers(container, [], `${field}.container`, context);
  else if (typeof container === 'string')
    context.lose({ field: `${field}.container`, how: 'dropped', why: 'Containers live at one vendor.' });
  return { kind: 'code-execution' };
}

function loseOthers(wire: JsonObject, known: readonly string[], field: string, context: CodecContext): void {
  for (const [member, value] of Object.entries(wire)) {
    if (member === 'type' || value === null || known.includes(member)) continue;
    context.lose({ field: `${field}.${member}`, how: 'dropped', why: 'Only this vendor has such an option.' });
  }
}

/** Undefined if none is given, or one that only this dialect knows. @throws BadRequestError */
export function decodeToolChoice(choice: unknown, tools: readonly ToolDefinition[] = []): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice;
  if (!isObject(choice)) throw new BadRequestError('tool_choice must be auto, none, required or name a tool.', 'tool_choice');
  const { type } = choice;
  const kind = searchType.test(String(type)) ? 'web-search' : type === 'code_interpreter' ? 'code-execution' : undefined;
  const named = kind === undefined ? undefined : tools.find(({ server }) => server?.kind === kind);
  if (named !== undefined) return { name: named.name };
  const allowed = type === 'allowed_tools' && choice['mode'] === 'required' ? choice['tools'] : undefined;
  if (Array.isArray(allowed) && allowed.length === 1) return decodeToolChoice(allowed[0], tools);
  if (type !== 'function' && type !== 'custom') return undefined;
  return { name: requireName(choice['name'], 'tool_choice.name') };
}
