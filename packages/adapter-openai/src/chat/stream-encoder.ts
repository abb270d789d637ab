import {
  type Block,
  type BlockHead,
  type CanonicalRequest,
  type CanonicalSink,
  type Citation,
  type CodecContext,
  emptyUsage,
  type FrameSink,
  type Seal,
  type StopReason,
  type Usage,
  type Verdict,
} from '@tollgate/plugin-kit';
import { freeformArguments, freeformText, isFreeformTool } from '../freeform.js';
import { mediaUrl } from '../media-url.js';
import { errorObject } from '../public-error.js';
import { reportOnce } from '../report-once.js';
import { encodeAudio, isSound } from './audio.js';
import { encodeCitation } from './encode-response.js';
import { sealContent, sealDetail, sealDetailOfText } from './seals.js';
import { finishByStop } from './stop-reason.js';
import { writeChatUsage } from './usage.js';
import type { Annotation, ReasoningDetail } from './wire.js';

interface OpenBlock {
  readonly kind: 'text' | 'thinking' | 'redacted' | 'function' | 'custom' | 'unwrapped' | 'wrapped';
  /** Place among the tool calls, or among the thinking blocks. */
  readonly place: number;
  /** Thinking so far; or arguments, where the caller declared a custom tool and the upstream calls a function, or the other way round. */
  text: string;
  hasArguments: boolean;
  /** Of thinking: sent when all its words are known, since it vouches for them. */
  seal?: Seal;
  /** The start of a tool call that is not written yet: clients look for the seal there and nowhere else. */
  start?: object;
}

/** Writes the chunks of one stream. Everything around a delta is made once, so that a delta costs one string. */
export class ChatStreamEncoder implements CanonicalSink {
  private readonly context: CodecContext;
  private readonly tellsUsage: boolean;
  private readonly blocks: OpenBlock[] = [];
  private readonly counted: Usage = emptyUsage();
  /** Sent together at the end: the official client keeps the last list that it sees. */
  private readonly annotations: Annotation[] = [];
  /** Sealed thoughts that follow each other, sent together for the same reason: before what comes after them. */
  private details: ReasoningDetail[] = [];
  private toolCallCount = 0;
  private thinkingCount = 0;
  private hasSound = false;
  private ended = false;
  /** A chunk up to its `choices`. */
  private head = '';

  constructor(
    private readonly out: FrameSink,
    private readonly request: CanonicalRequest,
    context: CodecContext,
  ) {
    this.context = reportOnce(context);
    this.tellsUsage = request.usageInStream === true;
  }

  start(id: string, model: string): void {
    const chunk = {
      id: id === '' ? this.context.newId('chatcmpl-') : id,
      object: 'chat.completion.chunk',
      created: Math.floor(this.context.now() / 1_000),
      model: model === '' ? this.request.model : model,
    };
    this.head = `${JSON.stringify(chunk).slice(0, -1)},"choices":[`;
    this.delta('{"role":"assistant","content":"","refusal":null}');
  }

  openBlock(index: number, head: BlockHead): void {
    if (head.type !== 'thinking') this.sendDetails();
    if (head.type === 'text') this.blocks[index] = { kind: 'text', place: 0, text: '', hasArguments: false };
    else if (head.type === 'tool-call') this.openToolCall(index, head);
    else {
      const kind = head.redacted === true ? 'redacted' : 'thinking';
      this.blocks[index] = { kind, place: this.thinkingCount++, text: '', hasArguments: false };
    }
  }

  textDelta(index: number, text: string): void {
    const block = this.blocks[index];
    if (block?.kind === 'text') return this.speak(`{"content":${JSON.stringify(text)}}`);
    if (block?.kind === 'thinking') block.text += text;
    this.delta(`{"reasoning_content":${JSON.stringify(text)}}`);
  }

  argumentsDelta(index: number, fragment: string): void {
    const block = this.blocks[index];
    if (block === undefined) return;
    this.writeStart(block);
    block.hasArguments = true;
    if (block.kind === 'unwrapped' || block.kind === 'wrapped') {
      block.text += fragment;
      return;
    }
    const json = JSON.stringify(fragment);
    this.speak(
      block.kind === 'custom'
        ? `{"tool_calls":[{"index":${block.place},"custom":{"input":${json}}}]}`
        : `{"tool_calls":[{"index":${block.place},"function":{"arguments":${json}}}]}`,
    );
  }

  seal(index: number, seal: Seal): void {
    const block = this.blocks[index];
    if (block === undefined) return;
    if (block.kind === 'text') {
      this.details.push(sealDetailOfText(seal, this.thinkingCount++));
    } else if (block.kind === 'thinking' || block.kind === 'redacted') {
      block.seal = seal;
    } else {
      // A late seal needs words around it: clients refuse a tool call without its function.
      const nothing = block.kind === 'custom' || block.kind === 'unwrapped' ? { custom: { input: '' } } : { function: { arguments: '' } };
      block.start = { index: block.place, ...nothing, ...block.start, ...sealContent(seal) };
      this.writeStart(block);
    }
  }

  citation(_index: number, citation: Citation): void {
    this.annotations.push(encodeCitation(citation.url, citation.title));
  }

  wholeBlock(_index: number, block: Block): void {
    this.sendDetails();
    const url = block.type === 'media' && block.media === 'image' ? mediaUrl(block) : undefined;
    if (isSound(block) && !this.hasSound) {
      this.hasSound = true;
      return this.delta(JSON.stringify({ audio: encodeAudio(block, this.request, this.context) }));
    }
    if (url !== undefined) return this.delta(JSON.stringify({ images: [{ type: 'image_url', image_url: { url } }] }));
    this.context.lose({ field: `${block.type} block`, how: 'dropped', why: 'This dialect has no place for it in an answer.' });
  }

  closeBlock(index: number): void {
    const block = this.blocks[index];
    this.writeStart(block);
    if (block?.seal !== undefined) {
      const thinking = { text: block.text, redacted: block.kind === 'redacted' };
      this.details.push(sealDetail(block.seal, thinking, block.place));
    } else if (block?.kind === 'unwrapped') {
      const input = JSON.stringify(freeformText(block.text));
      this.speak(`{"tool_calls":[{"index":${block.place},"custom":{"input":${input}}}]}`);
    } else if (block?.kind === 'wrapped') {
      const json = JSON.stringify(freeformArguments(block.text));
      this.speak(`{"tool_calls":[{"index":${block.place},"function":{"arguments":${json}}}]}`);
    } else if (block?.kind === 'function' && !block.hasArguments) {
      this.speak(`{"tool_calls":[{"index":${block.place},"function":{"arguments":"{}"}}]}`);
    }
  }

  usage(patch: Partial<Usage>): void {
    Object.assign(this.counted, patch);
  }

  stop(reason: StopReason): void {
    if (this.ended) return;
    this.sendDetails();
    if (this.annotations.length > 0) this.delta(JSON.stringify({ annotations: this.annotations }));
    this.delta('{}', `"${finishByStop[reason]}"`);
    this.ended = true;
    if (this.tellsUsage) this.out.frame(`${this.head}],"usage":${JSON.stringify(writeChatUsage(this.counted))}}`);
    this.out.frame('[DONE]');
  }

  /** The official clients throw on a chunk with an `error`. No `[DONE]` follows: a broken answer must not look like a whole one. */
  fail(verdict: Verdict): void {
    if (this.ended) return;
    this.ended = true;
    this.out.frame(JSON.stringify({ error: errorObject(verdict) }));
  }

  private openToolCall(index: number, { id, name, freeform }: Extract<BlockHead, { type: 'tool-call' }>): void {
    const place = this.toolCallCount++;
    // The caller sees the kind of tool that it declared, whatever the upstream took it for.
    const isCustom = isFreeformTool(this.request, name);
    const kind = isCustom ? (freeform === true ? 'custom' : 'unwrapped') : freeform === true ? 'wrapped' : 'function';
    const start = isCustom
      ? { index: place, id, type: 'custom', custom: { name, input: '' } }
      : { index: place, id, type: 'function', function: { name, arguments: '' } };
    // Calls start in the order of their numbers.
    for (const earlier of this.blocks) this.writeStart(earlier);
    this.blocks[index] = { kind, place, text: '', hasArguments: false, start };
  }

  private writeStart(block: OpenBlock | undefined): void {
    if (block?.start === undefined) return;
    this.speak(JSON.stringify({ tool_calls: [block.start] }));
    delete block.start;
  }

  /** Says something that is no thinking: sealed thoughts go out before it, so that nobody takes them for later ones. */
  private speak(deltaJson: string): void {
    this.sendDetails();
    this.delta(deltaJson);
  }

  private sendDetails(): void {
    if (this.details.length === 0) return;
    this.delta(JSON.stringify({ reasoning_details: this.details }));
    this.details = [];
  }

  private delta(deltaJson: string, finishJson = 'null'): void {
    if (this.ended) return;
    const usage = this.tellsUsage ? ',"usage":null' : '';
    this.out.frame(`${this.head}{"index":0,"delta":${deltaJson},"logprobs":null,"finish_reason":${finishJson}}]${usage}}`);
  }
}
