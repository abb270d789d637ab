import type { CanonicalSink, CodecContext, JsonObject } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { decodeCall, decodeWhole, isRefusal, listOf, loseOwnMarks, readCitation, textOf, textOfPart } from './decode-output.js';
import { decodeReasoning, partBreak } from './decode-reasoning.js';

/** One item of a streamed answer: hears the events that carry its output index. Not the item's id: some servers change it on the way. */
export interface StreamedItem {
  event(type: string, event: JsonObject): void;
  /** The whole item. What it says that no event said is said now. */
  done(item: JsonObject): void;
  /** The answer ends, whether or not the item was done. */
  close(): void;
  readonly asksForTool?: boolean;
  readonly refuses?: boolean;
}

/** What the items of one answer share. */
export interface StreamedItemTools {
  readonly out: CanonicalSink;
  readonly context: CodecContext;
  takeBlockIndex(): number;
}

/** What follows the events of an item that begins like `item`, or, unannounced, with an event of `eventType`. */
export function streamedItem(item: JsonObject, eventType: string, tools: StreamedItemTools): StreamedItem {
  switch (item['type'] ?? typeByEvent(eventType)) {
    case 'message':
      return new StreamedMessage(tools);
    case 'reasoning':
      return new StreamedReasoning(tools);
    case 'function_call':
    case 'custom_tool_call':
      return new StreamedCall(item, tools);
    default:
      return new StreamedWhole(tools);
  }
}

function typeByEvent(eventType: string): string | undefined {
  if (/^response\.(?:output_text|refusal|content_part)\./.test(eventType)) return 'message';
  if (/^response\.(?:function_call_arguments|custom_tool_call_input)\./.test(eventType)) return 'function_call';
  return eventType.startsWith('response.reasoning') ? 'reasoning' : undefined;
}

/** What of `whole` has not been said, where that is how it goes on. */
function unsaid(whole: string, said: string): string {
  return whole.startsWith(said) ? whole.slice(said.length) : '';
}

interface MessagePart {
  readonly block: number;
  said: string;
  cited: boolean;
  closed: boolean;
}

/** A message: each of its parts is a text block. */
class StreamedMessage implements StreamedItem {
  refuses = false;
  private readonly parts = new Map<number, MessagePart>();

  constructor(private readonly tools: StreamedItemTools) {}

  event(type: string, event: JsonObject): void {
    const part = Number(event['content_index'] ?? 0);
    switch (type) {
      case 'response.refusal.delta':
        this.refuses = true;
        return this.say(part, textOf(event['delta']));
      case 'response.output_text.delta':
        return this.say(part, textOf(event['delta']));
      case 'response.output_text.done':
      case 'response.refusal.done':
        return this.sayRest(part, event);
      case 'response.output_text.annotation.added':
        return this.cite(part, event['annotation']);
      case 'response.content_part.done':
        return this.endPart(part, event['part']);
    }
  }

  done(item: JsonObject): void {
    loseOwnMarks(item, this.tools.context);
    this.refuses ||= isRefusal(item);
    listOf(item['content']).forEach((part, index) => this.endPart(index, part));
    this.close();
  }

  close(): void {
    for (const part of this.parts.values()) this.closePart(part);
  }

  private say(index: number, text: string): void {
    if (text === '') return;
    const part = this.partAt(index);
    if (part.closed) return;
    part.said += text;
    this.tools.out.textDelta(part.block, text);
  }

  private sayRest(index: number, whole: JsonObject): void {
    this.say(index, unsaid(textOfPart(whole), this.parts.get(index)?.said ?? ''));
  }

  private cite(index: number, annotation: unknown): void {
    for (const citation of readCitation(annotation)) {
      const part = this.partAt(index);
      if (part.closed) return;
      part.cited = true;
      this.tools.out.citation(part.block, citation);
    }
  }

  private partAt(index: number): MessagePart {
    const known = this.parts.get(index);
    if (known !== undefined) return known;
    const part = { block: this.tools.takeBlockIndex(), said: '', cited: false, closed: false };
    this.parts.set(index, part);
    this.tools.out.openBlock(part.block, { type: 'text' });
    return part;
  }

  private endPart(index: number, whole: unknown): void {
    if (isObject(whole)) {
      this.sayRest(index, whole);
      if (this.parts.get(index)?.cited !== true) for (const annotation of listOf(whole['annotations'])) this.cite(index, annotation);
    }
    const part = this.parts.get(index);
    if (part !== undefined) this.closePart(part);
  }

  private closePart(part: MessagePart): void {
    if (part.closed) return;
    part.closed = true;
    this.tools.out.closeBlock(part.block);
  }
}

/** Reasoning: the text itself or its summary, whichever comes, and the seal, which only the whole item has for good. */
class StreamedReasoning implements StreamedItem {
  private block: number | undefined;
  private source: 'summary' | 'text' | undefined;
  private part = 0;
  private said = '';
  private closed = false;

  constructor(private readonly tools: StreamedItemTools) {}

  event(type: string, event: JsonObject): void {
    if (type === 'response.reasoning_summary_text.delta') this.say('summary', Number(event['summary_index'] ?? 0), textOf(event['delta']));
    if (type === 'response.reasoning_text.delta') this.say('text', Number(event['content_index'] ?? 0), textOf(event['delta']));
  }

  done(item: JsonObject): void {
    const whole = decodeReasoning({ ...item, content: listOf(item['content']), summary: listOf(item['summary']) }, 'output');
    if (whole !== undefined && !this.closed) {
      const index = this.block ?? this.open(whole.redacted === true);
      const rest = unsaid(whole.text, this.said);
      if (rest !== '') this.tools.out.textDelta(index, rest);
      if (whole.seal !== undefined) this.tools.out.seal(index, whole.seal);
    }
    this.close();
  }

  close(): void {
    if (this.block !== undefined && !this.closed) this.tools.out.closeBlock(this.block);
    this.closed = true;
  }

  private say(source: 'summary' | 'text', part: number, text: string): void {
    if (text === '' || this.closed || (this.source ?? source) !== source) return;
    this.source = source;
    const piece = this.said === '' || part === this.part ? text : partBreak + text;
    this.tools.out.textDelta(this.block ?? this.open(false), piece);
    this.said += piece;
    this.part = part;
  }

  private open(redacted: boolean): number {
    const index = this.tools.takeBlockIndex();
    this.block = index;
    this.tools.out.openBlock(index, redacted ? { type: 'thinking', redacted: true } : { type: 'thinking' });
    return index;
  }
}

/** A call of one of the caller's tools. */
class StreamedCall implements StreamedItem {
  private block: number | undefined;
  private freeform = false;
  private given = '';
  private closed = false;

  constructor(
    item: JsonObject,
    private readonly tools: StreamedItemTools,
  ) {
    if (textOf(item['name']) !== '') this.open(item);
  }

  /** A call that never got a name is none. */
  get asksForTool(): boolean {
    return this.block !== undefined;
  }

  event(type: string, event: JsonObject): void {
    switch (type) {
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.add(textOf(event['delta']));
      case 'response.function_call_arguments.done':
        return this.add(unsaid(textOf(event['arguments']), this.given));
      case 'response.custom_tool_call_input.done':
        return this.add(unsaid(textOf(event['input']), this.given));
    }
  }

  done(item: JsonObject): void {
    if (this.block === undefined) this.open(item);
    this.add(unsaid(textOf(item['arguments']) || textOf(item['input']), this.given));
    this.close();
  }

  close(): void {
    if (this.block === undefined || this.closed) return;
    if (this.given === '' && !this.freeform) this.add('{}');
    this.closed = true;
    this.tools.out.closeBlock(this.block);
  }

  private open(item: JsonObject): void {
    const { id, name, freeform } = decodeCall(item, this.tools.context);
    this.block = this.tools.takeBlockIndex();
    this.freeform = freeform === true;
    this.tools.out.openBlock(this.block, this.freeform ? { type: 'tool-call', id, name, freeform: true } : { type: 'tool-call', id, name });
  }

  private add(fragment: string): void {
    if (fragment === '' || this.block === undefined || this.closed) return;
    this.given += fragment;
    this.tools.out.argumentsDelta(this.block, fragment);
  }
}

/** An item that counts only once it is whole: a picture, a server tool's call. */
class StreamedWhole implements StreamedItem {
  private told = false;

  constructor(private readonly tools: StreamedItemTools) {}

  event(): void {
    // What happens on the way is news for clients of this dialect only; their bytes pass.
  }

  done(item: JsonObject): void {
    if (this.told) return;
    this.told = true;
    this.tools.out.wholeBlock(this.tools.takeBlockIndex(), decodeWhole(item));
  }

  close(): void {
    // Nothing is open.
  }
}
