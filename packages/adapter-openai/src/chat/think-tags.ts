import {
  type Block,
  type CanonicalSink,
  type CanonicalResponse,
  type Dialect,
  extendDialect,
  type TextBlock,
  type UpstreamSide,
} from '@tollgate/plugin-kit';
import { openaiChat } from './dialect.js';
import { ThinkTagSink } from './think-tag-sink.js';

/**
 * Chat from servers that leave a model's thinking inside the content, as `<think>…</think>` at its very start. Nothing else is different, but
 * a mark that is split over chunks takes memory, which an edit of single frames has not: so it is the decoder that is wrapped. Clients of
 * chat get such an answer as it is, since its bytes pass.
 */
export const openaiChatThinkTags: Dialect = { ...extendDialect(openaiChat, { id: 'openai-chat-think-tags' }), upstream: upstreamSide() };

function upstreamSide(): UpstreamSide {
  const { upstream } = openaiChat;
  return {
    ...upstream,
    decodeResponse: (body, context) => withThought(upstream.decodeResponse(body, context)),
    streamDecoder: (out: CanonicalSink, context, editFrame) => upstream.streamDecoder(new ThinkTagSink(out), context, editFrame),
  };
}

/** Thinking that never ends was cut off by the limit on tokens. */
const thoughtAtStart = /^\s*<think>([^]*?)(?:<\/think>\s*([^]*))?$/;

function withThought(response: CanonicalResponse): CanonicalResponse {
  const [first, ...rest] = response.blocks;
  const match = first?.type === 'text' ? thoughtAtStart.exec(first.text) : null;
  if (first?.type !== 'text' || match === null) return response;
  return { ...response, blocks: [...thoughtOf(match[1]), ...textOf(first, match[2]), ...rest] };
}

function thoughtOf(words = ''): readonly Block[] {
  const text = words.trim();
  return text === '' ? [] : [{ type: 'thinking', text }];
}

function textOf(block: TextBlock, text = ''): readonly Block[] {
  return text === '' ? [] : [{ ...block, text }];
}
