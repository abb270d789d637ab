import type { CanonicalSink, CodecContext, FrameDecoder, JsonObject, Usage } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { cutVerdict, emptyVerdict } from '../stream-verdicts.js';
import { listOf, textOf } from './decode-output.js';
import { failureOf } from './end.js';
import { readStop } from './stop-reason.js';
import { type StreamedItem, streamedItem } from './streamed-item.js';
import { readResponsesUsage } from './usage.js';

/** Reads the events of one streamed answer. */
export class ResponsesStreamDecoder implements FrameDecoder {
  private started = false;
  private ended = false;
  private blockCount = 0;
  private readonly items = new Map<number, StreamedItem>();

  constructor(
    private readonly out: CanonicalSink,
    private readonly context: CodecContext,
    private readonly editFrame?: (frame: JsonObject) => void,
  ) {}

  frame(data: string, event: string | undefined): void {
    // Servers that grew out of chat end with its mark.
    if (this.ended || data.startsWith('[DONE]')) return;
    const frame: unknown = JSON.parse(data);
    if (!isObject(frame)) return;
    this.editFrame?.(frame);
    const { response } = frame;
    const type = textOf(frame['type']) || (event ?? '');
    if (type === 'error' || (type === '' && frame['error'] !== undefined)) return this.fail(frame['error'] ?? frame);
    if (isObject(response)) return this.lifecycle(type, response);
    const index = frame['output_index'];
    if (typeof index === 'number') this.itemEvent(index, type, frame);
  }

  end(cause: 'done' | 'cut'): void {
    if (this.ended) return;
    this.ended = true;
    this.out.fail(cause === 'done' && !this.started ? emptyVerdict() : cutVerdict());
  }

  private lifecycle(type: string, response: JsonObject): void {
    if (type === 'response.failed') return this.fail(response['error']);
    this.start(response);
    if (type === 'response.completed' || type === 'response.incomplete' || type === 'response.cancelled') this.finish(response);
  }

  private start(response: JsonObject): void {
    if (this.started) return;
    this.started = true;
    this.out.start(textOf(response['id']), textOf(response['model']));
  }

  private itemEvent(index: number, type: string, event: JsonObject): void {
    this.start({});
    const whole = isObject(event['item']) ? event['item'] : {};
    const known = this.items.get(index) ?? this.add(index, type, whole);
    if (type === 'response.output_item.done') known.done(whole);
    else known.event(type, event);
  }

  private add(index: number, type: string, item: JsonObject): StreamedItem {
    const { out, context } = this;
    const added = streamedItem(item, type, { out, context, takeBlockIndex: () => this.blockCount++ });
    this.items.set(index, added);
    return added;
  }

  private finish(response: JsonObject): void {
    if (this.items.size === 0) this.sayAtOnce(listOf(response['output']));
    for (const item of this.items.values()) item.close();
    const usage: Partial<Usage> = {};
    readResponsesUsage(response, usage);
    this.out.usage(usage);
    this.ended = true;
    const items = [...this.items.values()];
    const toolCall = items.some(({ asksForTool }) => asksForTool);
    this.out.stop(readStop(response, { toolCall, refusal: items.some(({ refuses }) => refuses) }));
  }

  /** A server that streams nothing but the last event. */
  private sayAtOnce(output: readonly unknown[]): void {
    output.filter(isObject).forEach((item, index) => this.add(index, '', item).done(item));
  }

  private fail(error: unknown): void {
    this.ended = true;
    this.out.fail(failureOf(error));
  }
}
