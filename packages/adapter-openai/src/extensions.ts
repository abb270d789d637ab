import type { CanonicalRequest, CodecContext, DialectId, JsonObject, ToolChoice } from '@tollgate/plugin-kit';
import { isObject } from './request-fields.js';

/** Fields that chat and responses both know, by the same name and with the same meaning. */
const sharedFields: ReadonlySet<string> = new Set([
  'metadata',
  'moderation',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'store',
]);

/** What is left of a request for its own dialect to write back. */
export interface LeftOver {
  /** Objects of which some members have a place in the canonical form, by their field, with the rest. */
  readonly parts: Readonly<Record<string, JsonObject>>;
  readonly toolChoice: ToolChoice | undefined;
  /** Formats of tools for plain text. */
  readonly formats: JsonObject | undefined;
}

/** The fields of a request that have no place in the canonical form, under the name of their dialect. */
export function ownExtensions(
  dialect: DialectId,
  body: JsonObject,
  carriedFields: ReadonlySet<string>,
  { parts, toolChoice, formats }: LeftOver,
): CanonicalRequest['extensions'] {
  const fields: JsonObject = Object.fromEntries(
    Object.entries(body).filter(([field, value]) => !carriedFields.has(field) && !Object.hasOwn(parts, field) && value !== null),
  );
  if (toolChoice !== undefined) delete fields['tool_choice'];
  for (const [field, rest] of Object.entries(parts)) if (Object.keys(rest).length > 0) fields[field] = rest;
  if (formats !== undefined) fields['tools.format'] = formats;
  return Object.keys(fields).length === 0 ? undefined : { [dialect]: fields };
}

/** The extension fields that `own` can write; every other is reported as lost. */
export function writableExtensions(request: CanonicalRequest, own: string, sibling: string, context: CodecContext): JsonObject {
  const ownFields = request.extensions?.[own] ?? {};
  const writable: JsonObject = {};
  for (const [dialect, fields] of Object.entries(request.extensions ?? {})) {
    if (dialect === own) continue;
    const { said, rest } = dialect === sibling ? inOtherWords(fields) : { said: {}, rest: fields };
    Object.assign(writable, said);
    for (const [field, value] of Object.entries(rest)) {
      if (dialect === sibling && sharedFields.has(field)) writable[field] = value;
      else context.lose({ field, how: 'dropped', why: `Only ${dialect} knows this field.` });
    }
  }
  return { ...writable, ...ownFields };
}

interface OtherWords {
  /** As the other of the two dialects says it. */
  readonly said: JsonObject;
  /** What is left to be said. */
  readonly rest: JsonObject;
}

/** What both dialects know and only say differently; the form of a field tells whose it is. */
function inOtherWords(fields: JsonObject): OtherWords {
  const { verbosity, text, tool_choice: toolChoice, ...rest } = fields;
  const said: JsonObject = {};
  const left: JsonObject = { ...rest };
  if (verbosity !== undefined) said['text'] = { verbosity };
  if (isObject(text)) {
    const { verbosity: nested, ...others } = text;
    if (nested !== undefined) said['verbosity'] = nested;
    for (const [member, value] of Object.entries(others)) left[`text.${member}`] = value;
  } else if (text !== undefined) left['text'] = text;
  const choice = isObject(toolChoice) && toolChoice['type'] === 'allowed_tools' ? otherAllowedTools(toolChoice) : undefined;
  if (choice !== undefined) said['tool_choice'] = choice;
  else if (toolChoice !== undefined) left['tool_choice'] = toolChoice;
  return { said, rest: left };
}

/** Chat nests the list and the names in it, responses does not. Undefined if neither wrote it so. */
function otherAllowedTools({ allowed_tools: nested, mode, tools }: JsonObject): JsonObject | undefined {
  if (isObject(nested) && Array.isArray(nested['tools'])) {
    return { type: 'allowed_tools', mode: nested['mode'], tools: nested['tools'].map(flatTool) };
  }
  return Array.isArray(tools) ? { type: 'allowed_tools', allowed_tools: { mode, tools: tools.map(nestedTool) } } : undefined;
}

function flatTool(tool: unknown): unknown {
  if (!isObject(tool) || typeof tool['type'] !== 'string') return tool;
  const named = tool[tool['type']];
  return isObject(named) ? { type: tool['type'], name: named['name'] } : tool;
}

function nestedTool(tool: unknown): unknown {
  if (!isObject(tool) || typeof tool['name'] !== 'string' || typeof tool['type'] !== 'string') return tool;
  return { type: tool['type'], [tool['type']]: { name: tool['name'] } };
}
