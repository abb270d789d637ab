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
import { reportOnce } from '../report-once.js';
import { type AnswerFrame, answerFrame } from './answer.js';
import { EncodedCall, EncodedMessage, EncodedThinking, type EncodedBlock, type GrowingAnswer, tellWhole } from './encoded-blocks.js';
import { EventWriter } from './event-writer.js';
import { calledTool, wholeItem } from './output-items.js';
import { writeStop } from './stop-reason.js';
import { answerError, errorEvent } from './stream-error.js';
import { writeResponsesUsage } from './usage.js';
import type { Answer } from './wire.js';

/** Writes the events of one streamed answer. */
export class ResponsesStreamEncoder implements CanonicalSink {
  private readonly answer: GrowingAnswer;
  private readonly blocks: (EncodedBlock | undefined)[] = [];
  private readonly counted: Usage = emptyUsage();
  /** The message that a text would join. */
  private message: EncodedMessage | undefined;
  private frame: AnswerFrame | undefined;
  private ended = false;

  constructor(
    out: FrameSink,
    private readonly request: CanonicalRequest,
    context: CodecContext,
  ) {
    this.answer = { events: new EventWriter(out), output: [], context: reportOnce(context) };
  }

  start(id: string, model: string): void {
    this.frame = answerFrame(id, model, this.request, this.answer.context);
    const response: Answer = { ...this.frame, status: 'in_progress', incomplete_details: null, error: null, output: [] };
    this.answer.events.event('response.created', { response: { ...response, usage: null } });
    this.answer.events.event('response.in_progress', { response: { ...response, usage: null } });
  }

  openBlock(index: number, head: BlockHead): void {
    if (head.type === 'text') {
      if (this.message === undefined || this.message.ended) this.message = new EncodedMessage(this.answer);
      this.blocks[index] = this.message.openText();
      return;
    }
    this.endMessage();
    this.blocks[index] =
      head.type === 'thinking'
        ? new EncodedThinking(this.answer, head.redacted === true)
        : new EncodedCall(this.answer, head, calledTool(this.request, head.name));
  }

  textDelta(index: number, text: string): void {
    this.blocks[index]?.content(text);
  }

  argumentsDelta(index: number, fragment: string): void {
    this.blocks[index]?.content(fragment);
  }

  seal(index: number, seal: Seal): void {
    this.blocks[index]?.seal(seal);
  }

  citation(index: number, citation: Citation): void {
    this.blocks[index]?.citation(citation);
  }

  wholeBlock(_index: number, block: Block): void {
    const item = wholeItem(block, this.answer.context);
    if (item === undefined) return;
    this.endMessage();
    tellWhole(this.answer, item);
  }

  closeBlock(index: number): void {
    this.blocks[index]?.close();
    this.blocks[index] = undefined;
  }

  usage(patch: Partial<Usage>): void {
    Object.assign(this.counted, patch);
  }

  stop(reason: StopReason): void {
    if (this.ended || this.frame === undefined) return;
    this.ended = true;
    this.endMessage();
    const { output, events } = this.answer;
    const stop = writeStop(reason);
    const response: Answer = { ...this.frame, ...stop, error: null, output, usage: writeResponsesUsage(this.counted) };
    events.event(stop.status === 'completed' ? 'response.completed' : 'response.incomplete', { response });
  }

  /** As the vendor does it: the error by itself, at which its client library throws, then the answer that failed. */
  fail(verdict: Verdict): void {
    if (this.ended) return;
    this.ended = true;
    const { events, output, context } = this.answer;
    const frame = this.frame ?? answerFrame('', '', this.request, context);
    events.event('error', errorEvent(verdict));
    const response = { ...frame, status: 'failed', incomplete_details: null, error: answerError(verdict), output };
    events.event('response.failed', { response });
  }

  private endMessage(): void {
    this.message?.end();
    this.message = undefined;
  }
}
