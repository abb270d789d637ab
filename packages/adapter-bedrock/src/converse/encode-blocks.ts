import type { Block, CodecContext, JsonObject, TextBlock, ThinkingBlock, ToolResultBlock, Turn } from '@tollgate/plugin-kit';
import { argumentsObject } from './tool-arguments.js';
import { type DocumentNames, encodeMedia } from './encode-media.js';
import type { ModelTraits } from './model-traits.js';
import { drop, vendor } from './wire.js';

/** What the blocks of one request share. */
export interface BlockEncoding {
  readonly context: CodecContext;
  readonly traits: ModelTraits;
  readonly names: DocumentNames;
}

/** A block of a request, with the mark for the cache behind it; empty where Bedrock has no place for it, which is reported unless nothing is lost. */
export function encodeBlock(block: Block, role: Turn['role'], encoding: BlockEncoding): readonly JsonObject[] {
  const { context } = encoding;
  if (block.seal !== undefined && block.type !== 'thinking') drop('seal', `Only ${block.seal.vendor} can read it.`, context);
  const encoded = withoutMark(block, role, encoding);
  return encoded === undefined ? [] : [encoded, ...cachePoint(block, encoding)];
}

function withoutMark(block: Block, role: Turn['role'], encoding: BlockEncoding): JsonObject | undefined {
  const { context, names } = encoding;
  switch (block.type) {
    case 'text':
      return encodeText(block, context);
    case 'thinking':
      return encodeThinkingBlock(block, context);
    case 'media':
      if (role === 'assistant') return drop('media', 'Bedrock takes no media in turns of the assistant.', context);
      return encodeMedia(block, names, context);
    case 'tool-call':
      return { toolUse: { toolUseId: wireCallId(block.id), name: block.name, input: argumentsObject(block, context) } };
    case 'tool-result':
      return encodeToolResult(block, encoding);
    case 'opaque':
      return drop('content', `Only ${block.dialect} knows this block.`, context);
  }
}

/** Blank text is refused. */
export function encodeText(block: TextBlock, context: CodecContext): JsonObject | undefined {
  if (block.text.trim() === '') return block.text === '' ? undefined : drop('text', 'Bedrock refuses blank text.', context);
  if (block.citations !== undefined) drop('citations', 'Bedrock takes back only citations that it made itself.', context);
  return { text: block.text };
}

/** Where the caller's mark stands, for models that have a cache. */
export function cachePoint({ cache }: Pick<Block, 'cache'>, { traits, context }: BlockEncoding): readonly JsonObject[] {
  if (cache === undefined) return [];
  if (traits.cache === 'none') {
    drop('cache_control', 'This model has no prompt cache that requests could mark.', context);
    return [];
  }
  if (cache.lifetime === '1h' && traits.cache === '5m')
    context.lose({ field: 'cache_control.ttl', how: 'coerced', why: 'The prompt cache of this model lasts for five minutes.' });
  const lifetime = traits.cache === '1h' ? cache.lifetime : undefined;
  return [{ cachePoint: { type: 'default', ...(lifetime === undefined ? {} : { ttl: lifetime }) } }];
}

/** Models take back what they have signed; what they have not, some of them refuse. */
function encodeThinkingBlock({ seal, text, redacted }: ThinkingBlock, context: CodecContext): JsonObject | undefined {
  if (seal === undefined) return drop('thinking', 'Bedrock takes back only thinking that it has signed.', context);
  if (seal.vendor !== vendor) return drop('seal', `Only ${seal.vendor} can read it.`, context);
  return { reasoningContent: redacted === true ? { redactedContent: seal.value } : { reasoningText: { text, signature: seal.value } } };
}

function encodeToolResult({ callId, content, failed }: ToolResultBlock, { context, names }: BlockEncoding): JsonObject {
  const parts = content
    .map((part) => (part.type === 'text' ? encodeText(part, context) : encodeMedia(part, names, context)))
    .filter((part) => part !== undefined);
  return {
    toolResult: {
      toolUseId: wireCallId(callId),
      // Some models refuse a result without any content.
      content: parts.length > 0 ? parts : [{ text: '-' }],
      ...(failed === true ? { status: 'error' } : {}),
    },
  };
}

/** Letters, digits, `_` and `-` only, at most 64. Call and result change alike, so they still meet. */
function wireCallId(id: string): string {
  return id.replace(/[^\w-]/g, '_').slice(-64);
}
