import type { CodecContext, JsonObject, ToolDefinition } from '@tollgate/plugin-kit';
import { isObject, optionalText, requireArray, requireName, requireObject } from '../request-fields.js';

/** A tool as the client wrote it, and where. */
export interface GivenTool {
  readonly tool: JsonObject;
  readonly field: string;
  readonly grouped?: ToolDefinition['grouped'];
}

export interface GivenTools {
  readonly given: readonly GivenTool[];
  /** Some of them, the last ones, come from items of the input. */
  readonly areAdded: boolean;
}

/**
 * The tools of a request, those in namespaces each for itself, and at last those that items of its input add: they are offered from the
 * start here.
 * @throws BadRequestError naming the list or the namespace that is none.
 */
export function givenTools(body: JsonObject, context: CodecContext): GivenTools {
  const added = addedTools(body['input']);
  if (added.length > 0) {
    const why = 'Tools are offered from the start: only this dialect adds some later.';
    context.lose({ field: 'additional_tools', how: 'emulated', why });
  }
  const given = [...toolsIn(body['tools'], 'tools'), ...added].flatMap((each) =>
    each.tool['type'] === 'namespace' ? toolsOfNamespace(each, context) : [each],
  );
  return { given, areAdded: added.length > 0 };
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

/** What is told of the namespace is told with each of its tools. */
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
