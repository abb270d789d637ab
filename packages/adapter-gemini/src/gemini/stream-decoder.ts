import {
  type CanonicalSink,
  type CodecContext,
  type FrameDecoder,
  type JsonObject,
  type Usage,
  type Verdict,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { citationsOf, queriesOf } from './citations.js';
import { verdictOfError } from './error-verdict.js';
import { PartWriter } from './part-writer.js';
import { stopReasonOf } from './stop-reason.js';
import { geminiUsage } from './usage.js';
import { isJsonObject, type LenientCandidate, type LenientResponse } from './wire.js';

/**
 * Reads frames, each a whole response object with the parts that are new. The dialect has no last frame: the end of the body ends the
 * answer, and some models write a `finishReason` on every frame.
 */
export class StreamDecoder implements FrameDecoder {
  readonly #out: CanonicalSink;
  readonly #context: CodecContext;
  readonly #editFrame: ((frame: JsonObject) => void) | undefined;
  readonly #parts: PartWriter;
  readonly #citedUrls = new Set<string>();
  readonly #queries = new Set<string>();
  #state: 'new' | 'started' | 'ended' = 'new';
  #finishReason: string | undefined;

  constructor(out: CanonicalSink, context: CodecContext, editFrame?: (frame: JsonObject) => void) {
    this.#out = out;
    this.#context = context;
    this.#editFrame = editFrame;
    this.#parts = new PartWriter(out, context);
  }

  frame(data: string): void {
    if (this.#state === 'ended') return;
    const parsed = JSON.parse(data) as unknown;
    if (isJsonObject(parsed)) this.#editFrame?.(parsed);
    this.response(parsed);
  }

  /** A frame that has been parsed and edited, or a whole unary answer. */
  response(json: unknown): void {
    if (this.#state === 'ended') return;
    const verdict = verdictOfError(json);
    if (verdict !== undefined) return this.#fail(verdict);
    if (!isJsonObject(json)) return;
    const response: LenientResponse = json;
    this.#start(response);
    const candidate = firstCandidate(response.candidates);
    if (candidate !== undefined) this.#readCandidate(candidate);
    else if (typeof response.promptFeedback?.blockReason === 'string') this.#finishReason ??= response.promptFeedback.blockReason;
    this.#readUsage(response);
  }

  end(cause: 'done' | 'cut'): void {
    if (this.#state === 'ended') return;
    const isAnswer = this.#finishReason !== undefined || (cause === 'done' && this.#parts.hasBlocks);
    if (!isAnswer) return this.#fail(cause === 'cut' ? cutOff() : emptyAnswer());
    this.#parts.close();
    this.#parts.loseUnrunCode();
    if (this.#queries.size > 0) this.#parts.searched([...this.#queries]);
    this.#state = 'ended';
    this.#out.stop(stopReasonOf(this.#finishReason ?? 'STOP', this.#parts.hasCalls));
  }

  #start(response: LenientResponse): void {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    const id = typeof response.responseId === 'string' ? response.responseId : this.#context.newId('resp_');
    this.#out.start(id, typeof response.modelVersion === 'string' ? response.modelVersion : this.#context.model.id);
  }

  #readCandidate(candidate: LenientCandidate): void {
    const parts = candidate.content?.parts;
    if (Array.isArray(parts)) for (const part of parts as unknown[]) this.#parts.write(part);
    if (candidate.citationMetadata !== undefined || candidate.groundingMetadata !== undefined) this.#cite(candidate);
    if (typeof candidate.finishReason === 'string') this.#finishReason = candidate.finishReason;
  }

  /** Sources come once more with later frames; each is passed on once, to the text that is being written. */
  #cite(candidate: LenientCandidate): void {
    for (const query of queriesOf(candidate)) this.#queries.add(query);
    const index = this.#parts.openText;
    if (index === undefined) return;
    for (const citation of citationsOf(candidate)) {
      if (citation.url === undefined || this.#citedUrls.has(citation.url)) continue;
      this.#citedUrls.add(citation.url);
      this.#out.citation(index, citation);
    }
  }

  #readUsage(response: LenientResponse): void {
    const patch: Partial<Usage> = {};
    geminiUsage.read(response, patch);
    if (patch.inputText !== undefined || patch.outputText !== undefined) this.#out.usage(patch);
  }

  #fail(verdict: Verdict): void {
    this.#state = 'ended';
    this.#out.fail(verdict);
  }
}

function firstCandidate(candidates: unknown): LenientCandidate | undefined {
  if (!Array.isArray(candidates)) return undefined;
  return (candidates as unknown[]).find(
    (candidate): candidate is LenientCandidate => isJsonObject(candidate) && (candidate['index'] ?? 0) === 0,
  );
}

function cutOff(): Verdict {
  return verdictForKind('network', 502, 'The upstream broke off its answer.', 'upstream_cut');
}

function emptyAnswer(): Verdict {
  return verdictForKind('server', 502, 'The upstream ended its answer without saying anything.', 'upstream_empty');
}
