import { type CodecContext, foreignSealMark, type JsonObject, type ServerToolUse } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import type { OutputItem } from './wire.js';

/** What a finished item of a server tool tells; undefined for those that only this vendor has. */
export function serverToolUse(item: JsonObject): ServerToolUse | undefined {
  const failed = item['status'] === 'failed' ? { failed: true as const } : {};
  const { action } = item;
  if (item['type'] === 'web_search_call' && isObject(action)) {
    if (action['type'] !== 'search') return undefined;
    const asked = textsIn(action['queries']);
    const queries = asked.length > 0 ? asked : textsIn([action['query']]);
    const sources = objectsIn(action['sources']).flatMap(({ url }) => (typeof url === 'string' ? [{ url }] : []));
    return { kind: 'web-search', queries, sources, ...failed };
  }
  if (item['type'] !== 'code_interpreter_call') return undefined;
  const logs = objectsIn(item['outputs']).map(({ logs: text }) => text);
  return { kind: 'code-execution', code: textsIn([item['code']]).join(''), output: textsIn(logs).join('\n'), ...failed };
}

/** In the ids of what another vendor's tools did: the vendor must not get such items back, since it cannot know them. */
const foreignIdMark = `_${foreignSealMark}_`;

/** What another vendor's tool did, as this one would tell it. */
export function serverToolItem(use: ServerToolUse, context: CodecContext): OutputItem {
  const status = use.failed === true ? 'failed' : 'completed';
  switch (use.kind) {
    case 'web-search': {
      const sources = use.sources.map(({ url }) => ({ type: 'url' as const, url }));
      const action = { type: 'search' as const, query: use.queries[0] ?? '', queries: [...use.queries], sources };
      return { id: context.newId(`ws${foreignIdMark}`), type: 'web_search_call', status, action };
    }
    case 'web-fetch':
      return { id: context.newId(`ws${foreignIdMark}`), type: 'web_search_call', status, action: { type: 'open_page', url: use.url } };
    case 'code-execution':
      return {
        id: context.newId(`ci${foreignIdMark}`),
        type: 'code_interpreter_call',
        status,
        code: use.code,
        container_id: '',
        outputs: [{ type: 'logs', logs: use.output }],
      };
  }
}

/** True for an item that {@link serverToolItem} wrote. */
export function isForeignServerTool(item: unknown): boolean {
  return isObject(item) && typeof item['id'] === 'string' && /^(?:ws|ci)_/.test(item['id']) && item['id'].includes(foreignIdMark);
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}
