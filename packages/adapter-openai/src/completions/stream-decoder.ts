import type { CanonicalSink, CodecContext, FrameDecoder, JsonObject, Usage } from '@tollgate/plugin-kit';
import { loseLogprobs } from '../chat/choice-parts.js';
import { readChatUsage } from '../chat/usage.js';
import { isObject } from '../request-fields.js';
import { cutVerdict, emptyVerdict } from '../stream-verdicts.js';
import { readWireError, verdictOf } from '../wire-error.js';
import { readFinish } from './stop-reason.js';

/** Reads the chunks of one stream: one text, that of the first choice. The finish reason is kept until the end, since usage follows it. */
export class CompletionStreamDecoder implements FrameDecoder {
  private started = false;
  private ended = false;
  private hasText = false;
  private hasLogprobs = false;
  private finish: string | undefined;

  constructor(
    private readonly out: CanonicalSink,
    private readonly context: CodecContext,
    private readonly editFrame?: (frame: JsonObject) => void,
  ) {}

  frame(data: string, event: string | undefined): void {
    if (this.ended) return;
    if (data.startsWith('[DONE]')) return this.finishAnswer();
    const frame: unknown = JSON.parse(data);
    if (!isObject(frame)) return;
    this.editFrame?.(frame);
    const choice = firstChoice(frame['choices']);
    const usage: Partial<Usage> = {};
    readChatUsage(frame, usage);
    const hasUsage = usage.inputText !== undefined || usage.outputText !== undefined;
    if (choice !== undefined || hasUsage) this.start(frame);
    if (hasUsage) this.out.usage(usage);
    if (choice !== undefined) this.readChoice(choice);
    const error = readWireError(frame['error'] ?? (event === 'error' ? frame : undefined));
    if (error === undefined) return;
    this.ended = true;
    this.out.fail(verdictOf(error));
  }

  /** A connection that closes well proves nothing: only a finish reason or `[DONE]` says that the answer is whole. */
  end(cause: 'done' | 'cut'): void {
    if (this.ended) return;
    if (this.finish !== undefined) return this.finishAnswer();
    this.ended = true;
    this.out.fail(this.started || cause === 'cut' ? cutVerdict() : emptyVerdict());
  }

  private start(frame: JsonObject): void {
    if (this.started) return;
    this.started = true;
    const { id, model } = frame;
    this.out.start(typeof id === 'string' ? id : '', typeof model === 'string' ? model : '');
  }

  private readChoice(choice: JsonObject): void {
    const { text, finish_reason: finish } = choice;
    this.hasLogprobs ||= loseLogprobs(choice, this.context);
    if (typeof text === 'string' && text !== '') {
      if (!this.hasText) this.out.openBlock(0, { type: 'text' });
      this.hasText = true;
      this.out.textDelta(0, text);
    }
    if (typeof finish === 'string' && finish !== '') this.finish = finish;
  }

  /** A stream that was cut after its finish reason lacks at most its usage. */
  private finishAnswer(): void {
    this.ended = true;
    if (this.finish === undefined && !this.hasText) return this.out.fail(emptyVerdict());
    if (this.hasText) this.out.closeBlock(0);
    this.out.stop(readFinish(this.finish));
  }
}

/** The choice with index 0; undefined in chunks that carry none, such as the one with usage. */
function firstChoice(choices: unknown): JsonObject | undefined {
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isObject(choice)) return undefined;
  return choice['index'] === undefined || choice['index'] === 0 ? choice : undefined;
}
