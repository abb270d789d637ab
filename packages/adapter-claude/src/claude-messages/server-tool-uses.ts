import { type CodecContext, foreignSealMark, type JsonObject, type OpaqueBlock, type ServerToolUse, unsealed } from '@tollgate/plugin-kit';
import { serverToolNames } from './server-tools.js';
import { dialectId, isObject, objectsIn, textIn, type WireBlock } from './wire.js';

const toldTools: ReadonlySet<string> = new Set([...Object.values(serverToolNames), 'bash_code_execution']);

/** Blocks that only this dialect knows, in the order of an answer: the result of a server tool tells its call again. */
export class ServerToolReader {
  readonly #calls = new Map<string, JsonObject>();

  block(data: JsonObject): OpaqueBlock {
    const bare: OpaqueBlock = { type: 'opaque', dialect: dialectId, data };
    if (data.type === 'server_tool_use' && toldTools.has(textIn(data.name))) {
      this.#calls.set(textIn(data.id), data);
      return { ...bare, toldLater: true };
    }
    const call = this.#calls.get(textIn(data.tool_use_id));
    if (call === undefined) return bare;
    this.#calls.delete(textIn(data.tool_use_id));
    return { ...bare, use: useOf(isObject(call.input) ? call.input : {}, data) };
  }

  /** Says what was promised to be told later and was not: the turn was interrupted. */
  loseUnanswered(context: CodecContext): void {
    if (this.#calls.size === 0) return;
    context.lose({ field: 'server_tool_use', how: 'dropped', why: 'The tool had not answered when the turn was interrupted.' });
    this.#calls.clear();
  }
}

function useOf(input: JsonObject, result: JsonObject): ServerToolUse {
  const content = result.content;
  const failed = isObject(content) && textIn(content.type).endsWith('_error') ? { failed: true as const } : {};
  switch (result.type) {
    case 'web_search_tool_result':
      return { kind: 'web-search', queries: [textIn(input.query)], sources: objectsIn(content).map(sourceOf), ...failed };
    case 'web_fetch_tool_result':
      return { kind: 'web-fetch', url: textIn(input.url), ...failed };
    default: {
      const ran = isObject(content) ? content : {};
      const output = [textIn(ran.stdout), textIn(ran.stderr)].filter((text) => text !== '').join('\n');
      const broke = typeof ran.return_code === 'number' && ran.return_code !== 0 ? { failed: true as const } : failed;
      return { kind: 'code-execution', code: textIn(input.code) || textIn(input.command), output, ...broke };
    }
  }
}

function sourceOf(result: JsonObject): { readonly url: string; readonly title?: string } {
  const title = textIn(result.title);
  return { url: textIn(result.url), ...(title === '' ? {} : { title }) };
}

/** In the ids of what another vendor's tools did: the vendor must not get such blocks back, since it cannot know them. */
const foreignIdMark = `${foreignSealMark}_`;

/** What another vendor's tool did, as this one would tell it: a call and its result. Undefined where it would tell more than is known. */
export function serverToolBlocks(use: ServerToolUse, context: CodecContext): readonly WireBlock[] | undefined {
  const id = context.newId(`srvtoolu_${foreignIdMark}`);
  const call = (name: string, input: JsonObject): WireBlock => ({ type: 'server_tool_use', id, name, input });
  switch (use.kind) {
    case 'web-search': {
      const content = use.sources.map(({ url, title = url }) => {
        return { type: 'web_search_result', url, title, encrypted_content: unsealed, page_age: null };
      });
      const error = { type: 'web_search_tool_result_error', error_code: 'unavailable' };
      const result = { type: 'web_search_tool_result', tool_use_id: id, content: use.failed === true ? error : content };
      return [call('web_search', { query: use.queries.join('; ') }), result];
    }
    case 'code-execution': {
      const [stdout, stderr] = use.failed === true ? ['', use.output] : [use.output, ''];
      const content = { type: 'code_execution_result', stdout, stderr, return_code: use.failed === true ? 1 : 0, content: [] };
      return [call('code_execution', { code: use.code }), { type: 'code_execution_tool_result', tool_use_id: id, content }];
    }
    case 'web-fetch':
      return undefined;
  }
}

/** True for a block that {@link serverToolBlocks} wrote. */
export function isForeignServerTool(block: JsonObject): boolean {
  return [block.id, block.tool_use_id].some((id) => textIn(id).startsWith(`srvtoolu_${foreignIdMark}`));
}
