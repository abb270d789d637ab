import {
  type Block,
  type BlockHead,
  type CanonicalRequest,
  type CanonicalSink,
  type CodecContext,
  emptyUsage,
  type FrameSink,
  type StopReason,
  type Usage,
  type Verdict,
} from '@tollgate/plugin-kit';
import { writeChatUsage } from '../chat/usage.js';
import { errorObject } from '../public-error.js';
import { reportOnce } from '../report-once.js';
import { echoOf, loseBlock } from './encode-response.js';
import { finishByStop } from './stop-reason.js';

/** Writes the chunks of one stream. Everything around a text is made once, so that a piece of it costs one string. */
export class CompletionStreamEncoder implements CanonicalSink {
  private readonly context: CodecContext;
  private readonly tellsUsage: boolean;
  private readonly texts = new Set<number>();
  private readonly counted: Usage = emptyUsage();
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
      id: id === '' ? this.context.newId('cmpl-') : id,
      object: 'text_completion',
      created: Math.floor(this.context.now() / 1_000),
      model: model === '' ? this.request.model : model,
    };
    this.head = `${JSON.stringify(chunk).slice(0, -1)},"choices":[`;
    const echo = echoOf(this.request);
    if (echo !== '') this.write(echo);
  }

  openBlock(index: number, head: BlockHead): void {
    if (head.type === 'text') this.texts.add(index);
    else loseBlock(head.type, this.context);
  }

  textDelta(index: number, text: string): void {
    if (this.texts.has(index)) this.write(text);
  }

  argumentsDelta(): void {
    // Lost with its block.
  }

  seal(): void {
    // There is no place for one, and no turn in which a client could bring it back.
  }

  citation(): void {
    // The text says what it cites.
  }

  wholeBlock(_index: number, block: Block): void {
    loseBlock(block.type, this.context);
  }

  closeBlock(): void {
    // Texts follow each other without a border.
  }

  usage(patch: Partial<Usage>): void {
    Object.assign(this.counted, patch);
  }

  stop(reason: StopReason): void {
    if (this.ended) return;
    this.write('', `"${finishByStop[reason]}"`);
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

  private write(text: string, finishJson = 'null'): void {
    if (this.ended) return;
    const usage = this.tellsUsage ? ',"usage":null' : '';
    this.out.frame(`${this.head}{"text":${JSON.stringify(text)},"index":0,"logprobs":null,"finish_reason":${finishJson}}]${usage}}`);
  }
}
