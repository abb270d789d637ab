import type { CanonicalSink, CodecContext, OpaqueBlock } from '@tollgate/plugin-kit';
import { inlineMedia, linkedMedia } from './decode-media.js';
import { PartialArguments } from './partial-arguments.js';
import { sealOf } from './seals.js';
import { geminiId, isJsonObject } from './wire.js';

/** What the dialect may add to any part, beside the one field that says what the part is. */
const marks: ReadonlySet<string> = new Set(['thought', 'thoughtSignature']);

/** Turns the parts of an answer into blocks: parts of one kind in a row are one block, whatever frames they came in. */
export class PartWriter {
  readonly #out: CanonicalSink;
  readonly #context: CodecContext;
  #nextIndex = 0;
  /** The one block that is open, if any. */
  #open: 'text' | 'thinking' | 'call' | undefined;
  /** A block has one seal: what follows a seal is a block of its own. */
  #isSealed = false;
  #arguments: PartialArguments | undefined;
  #hasCalls = false;
  /** Code of which it is not known yet what came of it. */
  #code = '';

  constructor(out: CanonicalSink, context: CodecContext) {
    this.#out = out;
    this.#context = context;
  }

  get hasBlocks(): boolean {
    return this.#nextIndex > 0;
  }

  get hasCalls(): boolean {
    return this.#hasCalls;
  }

  /** Index of the text block that is open. */
  get openText(): number | undefined {
    return this.#open === 'text' ? this.#nextIndex - 1 : undefined;
  }

  write(part: unknown): void {
    if (!isJsonObject(part)) return;
    const signature =
      typeof part['thoughtSignature'] === 'string' && part['thoughtSignature'] !== '' ? part['thoughtSignature'] : undefined;
    const isThought = part['thought'] === true;
    if (typeof part['text'] === 'string') this.#writeText(part['text'], isThought ? 'thinking' : 'text', signature);
    else if (isJsonObject(part['functionCall'])) this.#writeCall(part['functionCall'], signature);
    else if (isJsonObject(part['inlineData']) && !isThought) this.#writeMedia(part['inlineData'], signature);
    else if (isJsonObject(part['fileData']) && !isThought) this.#writeLink(part['fileData'], signature);
    else if (Object.keys(part).some((name) => !marks.has(name))) this.#writeOpaque(part);
    else if (signature !== undefined) this.#writeText('', isThought ? 'thinking' : 'text', signature);
  }

  close(): void {
    if (this.#open === undefined) return;
    const index = this.#nextIndex - 1;
    if (this.#open === 'call') this.#out.argumentsDelta(index, String(this.#arguments));
    this.#open = undefined;
    this.#arguments = undefined;
    this.#out.closeBlock(index);
  }

  #writeText(text: string, kind: 'text' | 'thinking', signature: string | undefined): void {
    if (text === '' && signature === undefined) return;
    if (this.#open !== kind || (this.#isSealed && text !== '')) this.#openText(kind);
    const index = this.#nextIndex - 1;
    if (text !== '') this.#out.textDelta(index, text);
    if (signature !== undefined) this.#seal(signature);
  }

  #openText(kind: 'text' | 'thinking'): void {
    this.close();
    this.#out.openBlock(this.#nextIndex, { type: kind });
    this.#nextIndex += 1;
    this.#open = kind;
    this.#isSealed = false;
  }

  /** A call with `willContinue` goes on in the next parts, which have no name. */
  #writeCall(call: Record<string, unknown>, signature: string | undefined): void {
    if (typeof call['name'] === 'string' && call['name'] !== '') this.#openCall(call['name'], call['id']);
    else if (this.#open !== 'call') return;
    const collected = (this.#arguments ??= new PartialArguments());
    if (isJsonObject(call['args'])) collected.addAll(call['args']);
    if (Array.isArray(call['partialArgs'])) for (const piece of call['partialArgs']) collected.add(piece);
    if (signature !== undefined) this.#seal(signature);
    if (call['willContinue'] !== true) this.close();
  }

  #openCall(name: string, id: unknown): void {
    this.close();
    const callId = typeof id === 'string' && id !== '' ? id : this.#context.newId('call_');
    this.#out.openBlock(this.#nextIndex, { type: 'tool-call', id: callId, name });
    this.#nextIndex += 1;
    this.#open = 'call';
    this.#hasCalls = true;
  }

  #writeMedia(blob: Record<string, unknown>, signature: string | undefined): void {
    if (typeof blob['data'] !== 'string') return;
    this.close();
    const block = inlineMedia(blob['data'], textOf(blob['mimeType']), sealOf(signature ?? ''));
    this.#out.wholeBlock(this.#nextIndex, block);
    this.#nextIndex += 1;
  }

  #writeLink(file: Record<string, unknown>, signature: string | undefined): void {
    if (typeof file['fileUri'] !== 'string') return;
    this.close();
    const block = linkedMedia(file['fileUri'], textOf(file['mimeType']), sealOf(signature ?? ''));
    this.#out.wholeBlock(this.#nextIndex, block);
    this.#nextIndex += 1;
  }

  /** Says what was promised to be told later and was not: the answer broke off before its code had run. */
  loseUnrunCode(): void {
    if (this.#code !== '')
      this.#context.lose({ field: 'executableCode', how: 'dropped', why: 'The answer ended before the code had run.' });
  }

  /** What the service searched for before it answered; it says so beside the parts. */
  searched(queries: readonly string[]): void {
    this.close();
    const data = { groundingMetadata: { webSearchQueries: queries } };
    this.#out.wholeBlock(this.#nextIndex, { type: 'opaque', dialect: geminiId, data, use: { kind: 'web-search', queries, sources: [] } });
    this.#nextIndex += 1;
  }

  #writeOpaque(part: Record<string, unknown>): void {
    this.close();
    this.#out.wholeBlock(this.#nextIndex, { type: 'opaque', dialect: geminiId, data: part, ...this.#codeRun(part) });
    this.#nextIndex += 1;
  }

  /** Code and what came of it are two parts; the second tells both. */
  #codeRun(part: Record<string, unknown>): Pick<OpaqueBlock, 'use' | 'toldLater'> {
    const code = part['executableCode'];
    const result = part['codeExecutionResult'];
    if (isJsonObject(code)) {
      this.#code = textOf(code['code']) ?? '';
      return { toldLater: true };
    }
    if (!isJsonObject(result)) return {};
    const failed = result['outcome'] === 'OUTCOME_OK' ? {} : { failed: true as const };
    const use = { kind: 'code-execution' as const, code: this.#code, output: textOf(result['output']) ?? '', ...failed };
    this.#code = '';
    return { use };
  }

  #seal(signature: string): void {
    const seal = sealOf(signature);
    if (seal === undefined) return;
    this.#out.seal(this.#nextIndex - 1, seal);
    this.#isSealed = true;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
