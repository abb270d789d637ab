import type { Block, CanonicalRequest, CanonicalResponse, Citation, ToolChoice, ToolDefinition } from '@tollgate/plugin-kit';

/** A request without what two dialects say in different words and mean alike. */
export function meaningOf(request: CanonicalRequest): unknown {
  const { thinking, format, tools, toolChoice, ...rest } = request;
  return {
    ...rest,
    toolChoice: chosen(toolChoice, tools),
    turns: request.turns.map(({ role, blocks }) => ({ role, blocks: blocks.map(withoutDefaults) })),
    tools: tools?.map(meaningOfTool),
    // A degree and a number of tokens stand for each other: where the number is only near, a loss says so.
    thinking: thinking?.mode,
    // Some vendors hold to every schema, and have no name for it; some have no word for members that nobody named.
    format: format?.type === 'json-schema' ? { type: format.type, schema: withoutStrictness(format.schema) } : format,
  };
}

/** A tool that several vendors run is called by each in its own way. */
function chosen(choice: ToolChoice | undefined, tools: readonly ToolDefinition[] = []): unknown {
  if (typeof choice !== 'object') return choice;
  return tools.find(({ name }) => name === choice.name)?.server?.kind ?? choice;
}

/**
 * Not to be strict is what all do; parameters without a property say that there are none. A tool that several vendors run is the same under
 * the name that each gives it.
 */
function meaningOfTool({ strict, parameters, ...tool }: ToolDefinition): unknown {
  if (tool.server !== undefined) return { server: tool.server };
  const properties = parameters?.['properties'];
  const hasSome = typeof properties === 'object' && properties !== null && Object.keys(properties).length > 0;
  return { ...tool, ...(strict === true ? { strict } : {}), ...(hasSome ? { parameters } : {}) };
}

function withoutDefaults(block: Block): unknown {
  if (block.type === 'media') {
    const { detail, mimeType, ...rest } = block;
    // Who fetches an address is told the type of what is there.
    return { ...rest, ...(detail === 'auto' ? {} : { detail }), ...('url' in block.source ? {} : { mimeType }) };
  }
  // Results name their tool, their call or both.
  if (block.type === 'tool-result') {
    const { name: _name, ...rest } = block;
    return { ...rest, content: block.content.map(withoutDefaults) };
  }
  return block;
}

function withoutStrictness(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutStrictness);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).filter(([name]) => name !== 'additionalProperties');
  return Object.fromEntries(members.map(([name, member]) => [name, withoutStrictness(member)]));
}

/** An answer without the names that its servers give, and without seals: those have rows of their own. */
export function meaningOfAnswer({ blocks, stop, stopSequence, usage }: CanonicalResponse): unknown {
  return { blocks: blocks.map(({ seal: _seal, ...block }) => withoutEmptyQuotes(block)), stop, stopSequence, usage };
}

function withoutEmptyQuotes(block: Omit<Block, 'seal'>): unknown {
  if (!('citations' in block)) return block;
  const citations = (block.citations as readonly Citation[]).map(({ quote, ...rest }) => (quote ? { ...rest, quote } : rest));
  return { ...block, citations };
}

/** What a path leads to, or undefined. */
export function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value;
  return path.split('.').reduce<unknown>((place, name) => (place as Record<string, unknown> | undefined)?.[name], value);
}

/**
 * The first member of `expected` that `actual` lacks or has differently, as a path; undefined if there is none. Objects may have more than
 * expected, lists may not.
 */
export function firstDifference(actual: unknown, expected: unknown, path = ''): string | undefined {
  if (expected === undefined) return undefined;
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected) ? undefined : path;
  if (typeof actual !== 'object' || actual === null) return path;
  if (Array.isArray(expected) && (!Array.isArray(actual) || actual.length !== expected.length)) return path;
  for (const [name, member] of Object.entries(expected)) {
    const found = firstDifference((actual as Record<string, unknown>)[name], member, path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
