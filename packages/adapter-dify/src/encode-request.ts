import type { Block, CanonicalRequest, CodecContext, JsonObject, LinkedMedia, Turn } from '@tollgate/plugin-kit';

/** Dify wants to know whom it talks to; where nobody says, all are one. */
const userDefault = 'tollgate';

const speakers: Readonly<Record<Turn['role'], string>> = { system: 'SYSTEM', user: 'USER', assistant: 'ASSISTANT' };
const fileTypes = { image: 'image', file: 'document', audio: 'audio', video: 'video' } as const;

/** A message to an app, as `POST /v1/chat-messages` takes it. The app is told by its key. */
export function encodeRequest(request: CanonicalRequest, context: CodecContext): JsonObject {
  loseSettings(request, context);
  const files: JsonObject[] = [];
  const turns = request.turns.map(({ role, blocks }) => ({ role, text: textOf(blocks, files, context) })).filter(({ text }) => text !== '');
  return {
    inputs: {},
    query: queryOf(turns, context),
    response_mode: request.stream ? 'streaming' : 'blocking',
    user: request.endUser ?? userDefault,
    // A title costs another call of the app's model, which its usage does not tell.
    auto_generate_name: false,
    ...(files.length > 0 ? { files } : {}),
  };
}

/** Dify opens addresses itself. */
export function needsBytes(_media: LinkedMedia): boolean {
  return false;
}

function queryOf(turns: readonly { readonly role: Turn['role']; readonly text: string }[], context: CodecContext): string {
  const [only] = turns;
  if (turns.length === 1 && only?.role === 'user') return only.text;
  if (turns.length > 0) context.lose({ field: 'messages', how: 'emulated', why: 'An app takes one text: the conversation became one.' });
  return turns.length === 0 ? '...' : turns.map(({ role, text }) => `${speakers[role]}:\n${text}`).join('\n\n');
}

function textOf(blocks: readonly Block[], files: JsonObject[], context: CodecContext): string {
  return blocks
    .map((block) => textOfBlock(block, files, context))
    .filter((text) => text !== '')
    .join('\n');
}

function textOfBlock(block: Block, files: JsonObject[], context: CodecContext): string {
  if (block.cache !== undefined) drop('cache_control', 'An app has no prompt cache that requests could mark.', context);
  if (block.seal !== undefined) drop('seal', `Only ${block.seal.vendor} can read it.`, context);
  switch (block.type) {
    case 'text':
      return block.text;
    case 'thinking':
      drop('thinking', 'An app takes no thinking back.', context);
      return '';
    case 'media':
      if ('url' in block.source) files.push({ type: fileTypes[block.media], transfer_method: 'remote_url', url: block.source.url });
      else drop('media', 'An app takes files by their address only.', context);
      return '';
    case 'tool-call':
      context.lose({ field: 'tool_calls', how: 'emulated', why: 'An app has tools of its own: the call became text.' });
      return `[${block.name} ${block.arguments}]`;
    case 'tool-result': {
      context.lose({ field: 'tool_results', how: 'emulated', why: 'An app has tools of its own: the result became text.' });
      const content = textOf(block.content, files, context);
      return block.failed === true ? `[failed: ${content}]` : `[${content}]`;
    }
    case 'opaque':
      drop('content', `Only ${block.dialect} knows this block.`, context);
      return '';
  }
}

function loseSettings(request: CanonicalRequest, context: CodecContext): void {
  const {
    tools = [],
    sampling = {},
    extensions = {},
    thinking,
    format,
    stopSequences,
    outputTokensMax,
    toolChoice,
    parallelToolCalls,
  } = request;
  const settings = { thinking, format, stopSequences, toolChoice, parallelToolCalls, ...sampling };
  for (const [field, value] of Object.entries(settings))
    if (value !== undefined) drop(field, 'An app has settings of its own, and takes none.', context);
  if (outputTokensMax !== undefined)
    drop('outputTokensMax', `An app has a limit of its own: that of ${outputTokensMax} tokens is not known to it.`, context);
  for (const { name } of tools) drop(`tools.${name}`, 'An app has tools of its own, and takes none.', context);
  for (const [dialect, fields] of Object.entries(extensions))
    for (const field of Object.keys(fields)) drop(field, `Only ${dialect} knows this field.`, context);
}

function drop(field: string, why: string, context: CodecContext): void {
  context.lose({ field, how: 'dropped', why });
}
