import type { Block, CanonicalRequest, CanonicalResponse, CodecContext, ToolCallBlock } from '@tollgate/plugin-kit';
import { encodeAudio, isSound } from './audio.js';
import { freeformArguments, freeformText, isFreeformTool } from '../freeform.js';
import { mediaUrl } from '../media-url.js';
import { reportOnce } from '../report-once.js';
import { sealContent, sealDetail, sealDetailOfText } from './seals.js';
import { finishByStop } from './stop-reason.js';
import { writeChatUsage } from './usage.js';
import type { Annotation, Answer, AnswerMessage, ImagePart, ReasoningDetail, ToolCall } from './wire.js';

/** The whole answer for a chat client. */
export function encodeResponse(response: CanonicalResponse, request: CanonicalRequest, givenContext: CodecContext): Answer {
  const context = reportOnce(givenContext);
  return {
    id: response.id === '' ? context.newId('chatcmpl-') : response.id,
    object: 'chat.completion',
    created: Math.floor(context.now() / 1_000),
    model: response.model === '' ? request.model : response.model,
    choices: [
      {
        index: 0,
        message: encodeMessage(response.blocks, request, context),
        logprobs: null,
        finish_reason: finishByStop[response.stop],
      },
    ],
    usage: writeChatUsage(response.usage),
  };
}

function encodeMessage(blocks: readonly Block[], request: CanonicalRequest, context: CodecContext): AnswerMessage {
  const texts = blocks.filter((block) => block.type === 'text');
  const thinking = blocks.filter((block) => block.type === 'thinking');
  const toolCalls = blocks.filter((block) => block.type === 'tool-call').map((call) => encodeToolCall(call, request));
  const images = blocks.flatMap(imagesOf);
  const sound = blocks.find(isSound);
  const annotations = texts.flatMap((text) => (text.citations ?? []).map((citation) => encodeCitation(citation.url, citation.title)));
  const details = encodeSeals(blocks);
  const thought = thinking.map((block) => block.text).join('');
  reportLosses(
    blocks.filter((block) => block !== sound),
    context,
  );
  return {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.map((block) => block.text).join(''),
    refusal: null,
    ...(thought === '' ? {} : { reasoning_content: thought }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(images.length === 0 ? {} : { images }),
    ...(sound === undefined ? {} : { audio: encodeAudio(sound, request, context) }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
}

/** The seals of thinking, counted like the thoughts, and after them those of texts. */
function encodeSeals(blocks: readonly Block[]): ReasoningDetail[] {
  const thinking = blocks.filter((block) => block.type === 'thinking');
  const sealed = thinking.flatMap((block, index) => (block.seal === undefined ? [] : [sealDetail(block.seal, block, index)]));
  const ofTexts = blocks.flatMap((block) => (block.type === 'text' && block.seal !== undefined ? [block.seal] : []));
  return [...sealed, ...ofTexts.map((seal, index) => sealDetailOfText(seal, thinking.length + index))];
}

function encodeToolCall(call: ToolCallBlock, request: CanonicalRequest): ToolCall {
  const seal = call.seal === undefined ? {} : sealContent(call.seal);
  const { id, name, freeform, arguments: given } = call;
  if (isFreeformTool(request, name)) {
    return { id, type: 'custom', custom: { name, input: freeform === true ? given : freeformText(given) }, ...seal };
  }
  return { id, type: 'function', function: { name, arguments: freeform === true ? freeformArguments(given) : given }, ...seal };
}

/** The picture that a block is; none if it is something else, or lies as a file at a vendor. */
function imagesOf(block: Block): ImagePart[] {
  const url = block.type === 'media' && block.media === 'image' ? mediaUrl(block) : undefined;
  return url === undefined ? [] : [{ type: 'image_url', image_url: { url } }];
}

/** Positions are unknown here: vendors that cite state the source, not the characters. */
export function encodeCitation(url: string | undefined, title: string | undefined): Annotation {
  return { type: 'url_citation', url_citation: { url: url ?? '', title: title ?? '', start_index: 0, end_index: 0 } };
}

function reportLosses(blocks: readonly Block[], context: CodecContext): void {
  for (const block of blocks) {
    const isCarried = block.type === 'text' || block.type === 'thinking' || block.type === 'tool-call';
    if (isCarried || imagesOf(block).length > 0) continue;
    context.lose({ field: `${block.type} block`, how: 'dropped', why: 'This dialect has no place for it in an answer.' });
  }
}
