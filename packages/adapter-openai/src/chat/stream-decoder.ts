import type { Block, CanonicalSink, Citation, CodecContext, FrameDecoder, JsonObject, Usage } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { cutVerdict, emptyVerdict } from '../stream-verdicts.js';
import { readWireError, verdictOf } from '../wire-error.js';
import { readAudio, StreamedAudio } from './audio.js';
import { loseLogprobs, readAnnotations, readImages, readSaid, readSources } from './choice-parts.js';
import { readFinishReason } from './stop-reason.js';
import { StreamedSpeech } from './streamed-speech.js';
import { StreamedToolCalls } from './streamed-tool-calls.js';
import { readChatUsage } from './usage.js';

/**
 * Reads the chunks of one stream. The finish reason is kept until the stream ends, since usage and errors may follow it. Only the first
 * choice is read.
 */
export class ChatStreamDecoder implements FrameDecoder {
  private started = false;
  private ended = false;
  private blockCount = 0;
  private hasRefusal = false;
  private finish: string | undefined;
  private hasLogprobs = false;
  /** The newest chunk with sources: vendors repeat the list, which grows. */
  private sourced: JsonObject | undefined;
  private readonly cited = new Set<string | undefined>();
  private readonly audio = new StreamedAudio();
  private readonly speech: StreamedSpeech;
  private readonly toolCalls: StreamedToolCalls;

  constructor(
    private readonly out: CanonicalSink,
    private readonly context: CodecContext,
    private readonly editFrame?: (frame: JsonObject) => void,
  ) {
    const takeBlockIndex = (): number => this.blockCount++;
    this.toolCalls = new StreamedToolCalls(out, context, () => {
      this.speech.close();
      return takeBlockIndex();
    });
    this.speech = new StreamedSpeech(out, context, takeBlockIndex, (callId, seal) => this.toolCalls.seal(callId, seal));
  }

  frame(data: string, event: string | undefined): void {
    if (this.ended) return;
    if (data.startsWith('[DONE]')) return this.finishAnswer();
    const frame: unknown = JSON.parse(data);
    if (!isObject(frame)) return;
    this.editFrame?.(frame);
    const choice = firstChoice(frame['choices']);
    const error = readWireError(frame['error'] ?? (event === 'error' ? frame : undefined));
    const usage: Partial<Usage> = {};
    readChatUsage(frame, usage);
    const hasUsage = usage.inputText !== undefined || usage.outputText !== undefined;
    if (choice !== undefined || hasUsage) this.start(frame);
    if (hasUsage) this.out.usage(usage);
    if (choice !== undefined) this.readChoice(choice);
    if (frame['citations'] !== undefined || frame['search_results'] !== undefined) this.sourced = frame;
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
    const { delta } = choice;
    this.hasLogprobs ||= loseLogprobs(choice, this.context);
    if (isObject(delta)) this.readDelta(delta);
    const finish = choice['finish_reason'];
    if (typeof finish === 'string' && finish !== '') this.finish = finish;
  }

  private readDelta(delta: JsonObject): void {
    const { tool_calls: toolCalls, function_call: functionCall, annotations, images, reasoning_details: details } = delta;
    const said = readSaid(delta);
    if (Array.isArray(details) && details.length > 0) this.speech.think(said.thinking, details);
    else if (said.thinking !== '') this.speech.say('thinking', said.thinking);
    if (said.text !== '') this.speech.say('text', said.text);
    if (said.refusal !== '') {
      this.hasRefusal = true;
      this.speech.say('text', said.refusal);
    }
    if (delta['audio'] !== undefined) this.hear(delta['audio']);
    if (annotations !== undefined) this.cite(readAnnotations(annotations), 'annotations');
    if (images !== undefined) this.show(images);
    if (Array.isArray(toolCalls)) {
      for (const call of toolCalls) if (isObject(call)) this.toolCalls.delta(call);
    }
    if (isObject(functionCall)) this.toolCalls.delta({ function: functionCall, index: 0 });
  }

  private hear(said: unknown): void {
    const { transcript, data } = readAudio(said) ?? { transcript: '', data: '' };
    if (transcript !== '') this.speech.say('text', transcript);
    this.audio.add(data);
  }

  private cite(citations: readonly Citation[], field: string): void {
    for (const citation of citations) {
      this.cited.add(citation.url);
      if (this.speech.openText !== undefined) this.out.citation(this.speech.openText, citation);
      else this.context.lose({ field, how: 'dropped', why: 'They came when their text had already ended.' });
    }
  }

  private show(images: unknown): void {
    for (const image of readImages(images)) this.showWhole(image);
  }

  private showWhole(block: Block): void {
    this.speech.close();
    this.out.wholeBlock(this.blockCount++, block);
  }

  /** A stream that was cut after its finish reason lacks at most its usage. */
  private finishAnswer(): void {
    this.ended = true;
    const sources = this.sourced === undefined ? [] : readSources(this.sourced);
    const uncited = sources.filter(({ url }) => !this.cited.has(url));
    this.cite(uncited, 'citations');
    const audio = this.audio.take();
    if (this.started && audio !== undefined) this.showWhole(audio);
    if (this.finish === undefined && this.blockCount === 0) return this.out.fail(emptyVerdict());
    for (const seal of this.toolCalls.takeOrphanedSeals()) this.speech.hide(seal);
    this.speech.close();
    this.toolCalls.closeAll();
    this.out.stop(readFinishReason(this.finish ?? 'stop', { toolCall: this.toolCalls.any, refusal: this.hasRefusal }));
  }
}

/** The choice with index 0; undefined in chunks that carry none, such as the one with usage. */
function firstChoice(choices: unknown): JsonObject | undefined {
  if (!Array.isArray(choices)) return undefined;
  const choice: unknown = choices[0];
  if (!isObject(choice)) return undefined;
  return choice['index'] === undefined || choice['index'] === 0 ? choice : undefined;
}
