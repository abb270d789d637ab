import type { BlockHead, Citation, CodecContext, Seal } from '@tollgate/plugin-kit';
import type { EventWriter } from './event-writer.js';
import { callContent, type CalledTool, callItem, encodeCitation, messageItem, reasoningItem, sealItem, textPart } from './output-items.js';
import { sealForClient } from './seals.js';
import type { OutputItem, OutputMessage, OutputText, ReasoningItem } from './wire.js';

/** The answer that a stream has told so far. */
export interface GrowingAnswer {
  readonly events: EventWriter;
  readonly output: OutputItem[];
  readonly context: CodecContext;
}

/** One block on its way to the client. */
export interface EncodedBlock {
  content(fragment: string): void;
  seal(seal: Seal): void;
  citation(citation: Citation): void;
  close(): void;
}

/** Announces an item and gives its place. A copy: what follows changes the item, not the announcement. */
function announce({ events, output }: GrowingAnswer, item: OutputItem): number {
  const place = output.push(item) - 1;
  events.event('response.output_item.added', { output_index: place, item });
  return place;
}

/** An item that is told at once. */
export function tellWhole(answer: GrowingAnswer, item: OutputItem): void {
  const place = announce(answer, item);
  answer.events.event('response.output_item.done', { output_index: place, item });
}

/** A message, to which texts are added until something else follows. */
export class EncodedMessage {
  private openTexts = 0;
  private ending = false;
  private seal: Seal | undefined;
  readonly item: OutputMessage;
  readonly place: number;

  constructor(readonly answer: GrowingAnswer) {
    this.item = messageItem([], answer.context, 'in_progress');
    this.place = announce(answer, this.item);
  }

  openText(): EncodedBlock {
    this.openTexts += 1;
    return new EncodedText(this);
  }

  /** What follows a sealed text is a message of its own, so that the seal is found after its text. */
  textClosed(seal: Seal | undefined): void {
    this.openTexts -= 1;
    if (seal !== undefined) this.seal = seal;
    if (this.ending || seal !== undefined) this.end();
  }

  /** Nothing more is added; the message is done as soon as its last text is. */
  end(): void {
    this.ending = true;
    if (this.openTexts > 0 || this.item.status === 'completed') return;
    this.item.status = 'completed';
    this.answer.events.event('response.output_item.done', { output_index: this.place, item: this.item });
    if (this.seal !== undefined) tellWhole(this.answer, sealItem(this.seal, 'text', this.answer.context));
  }

  /** True once nothing may be added. */
  get ended(): boolean {
    return this.ending;
  }
}

class EncodedText implements EncodedBlock {
  private readonly part: OutputText = textPart('');
  private sealed: Seal | undefined;
  private readonly address: { readonly item_id: string; readonly output_index: number; readonly content_index: number };
  private readonly deltaHead: string;

  constructor(private readonly message: EncodedMessage) {
    const { item, place, answer } = message;
    this.address = { item_id: item.id, output_index: place, content_index: item.content.push(this.part) - 1 };
    this.deltaHead = `${JSON.stringify(this.address).slice(1, -1)},"logprobs":[],"delta":`;
    answer.events.event('response.content_part.added', { ...this.address, part: this.part });
  }

  content(fragment: string): void {
    this.part.text += fragment;
    this.message.answer.events.raw('response.output_text.delta', this.deltaHead + JSON.stringify(fragment));
  }

  seal(seal: Seal): void {
    this.sealed = seal;
  }

  citation(citation: Citation): void {
    const annotation = encodeCitation(citation);
    const annotationIndex = this.part.annotations.push(annotation) - 1;
    this.message.answer.events.event('response.output_text.annotation.added', {
      ...this.address,
      annotation_index: annotationIndex,
      annotation,
    });
  }

  close(): void {
    const { events } = this.message.answer;
    events.event('response.output_text.done', { ...this.address, text: this.part.text, logprobs: [] });
    events.event('response.content_part.done', { ...this.address, part: this.part });
    this.message.textClosed(this.sealed);
  }
}

export class EncodedThinking implements EncodedBlock {
  private readonly item: ReasoningItem;
  private readonly place: number;
  private readonly address: { readonly item_id: string; readonly output_index: number; readonly summary_index: 0 };
  private readonly deltaHead: string;

  constructor(
    private readonly answer: GrowingAnswer,
    private readonly redacted: boolean,
  ) {
    this.item = reasoningItem({ text: '' }, answer.context);
    this.place = announce(answer, this.item);
    this.address = { item_id: this.item.id, output_index: this.place, summary_index: 0 };
    this.deltaHead = `${JSON.stringify(this.address).slice(1, -1)},"delta":`;
  }

  content(fragment: string): void {
    const part = (this.item.summary[0] ??= this.openSummary());
    part.text += fragment;
    this.answer.events.raw('response.reasoning_summary_text.delta', this.deltaHead + JSON.stringify(fragment));
  }

  seal(seal: Seal): void {
    this.item.encrypted_content = sealForClient(seal);
    if (!this.redacted) this.item.summary[0] ??= this.openSummary();
  }

  citation(): void {
    // Thinking cites nothing.
  }

  close(): void {
    const { events } = this.answer;
    const [part] = this.item.summary;
    if (part !== undefined) {
      events.event('response.reasoning_summary_text.done', { ...this.address, text: part.text });
      events.event('response.reasoning_summary_part.done', { ...this.address, part });
    }
    events.event('response.output_item.done', { output_index: this.place, item: this.item });
  }

  private openSummary(): ReasoningItem['summary'][number] {
    const part = { type: 'summary_text' as const, text: '' };
    this.answer.events.event('response.reasoning_summary_part.added', { ...this.address, part });
    return part;
  }
}

export class EncodedCall implements EncodedBlock {
  private readonly item: ReturnType<typeof callItem>;
  private readonly place: number;
  private readonly address: { readonly item_id: string; readonly output_index: number };
  private readonly deltaHead: string;
  private given = '';
  private sealed: Seal | undefined;

  constructor(
    private readonly answer: GrowingAnswer,
    private readonly head: Extract<BlockHead, { type: 'tool-call' }>,
    private readonly tool: CalledTool,
  ) {
    this.item = callItem(head.id, tool, '', answer.context, 'in_progress');
    this.place = announce(answer, this.item);
    this.address = { item_id: this.item.id, output_index: this.place };
    this.deltaHead = `${JSON.stringify(this.address).slice(1, -1)},"delta":`;
  }

  content(fragment: string): void {
    this.given += fragment;
    if (!this.isTranslated) this.tell(fragment);
  }

  seal(seal: Seal): void {
    this.sealed = seal;
  }

  citation(): void {
    // Calls cite nothing.
  }

  close(): void {
    const { events, context } = this.answer;
    const given = this.given === '' && this.head.freeform !== true ? '{}' : this.given;
    const content = callContent({ ...this.head, arguments: given }, this.tool.isFreeform);
    if (content !== '' && (this.isTranslated || this.given === '')) this.tell(content);
    if (this.item.type === 'function_call') {
      this.item.arguments = content;
      this.item.status = 'completed';
      events.event('response.function_call_arguments.done', { ...this.address, name: this.item.name, arguments: content });
    } else {
      this.item.input = content;
      events.event('response.custom_tool_call_input.done', { ...this.address, input: content });
    }
    events.event('response.output_item.done', { output_index: this.place, item: this.item });
    if (this.sealed !== undefined) tellWhole(this.answer, sealItem(this.sealed, { callId: this.item.call_id }, context));
  }

  /** The upstream and the caller know different kinds of tool: what it gets can be told only when it is complete. */
  private get isTranslated(): boolean {
    return this.tool.isFreeform !== (this.head.freeform === true);
  }

  private tell(fragment: string): void {
    const isFunction = this.item.type === 'function_call';
    const type = isFunction ? 'response.function_call_arguments.delta' : 'response.custom_tool_call_input.delta';
    this.answer.events.raw(type, this.deltaHead + JSON.stringify(fragment));
  }
}
