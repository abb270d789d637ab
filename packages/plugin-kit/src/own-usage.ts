import type { Block, Citation, JsonObject, Seal, StopReason } from './canonical.js';
import type { UpstreamSide, UsageReader } from './dialect.js';
import type { BlockHead, CanonicalSink } from './sink.js';
import { emptyUsage, requestCounters, type Usage, usageBuckets } from './usage.js';
import type { Verdict } from './verdict.js';

/** The upstream half of a dialect, but with usage as `read` sees it: whichever lane a call takes, its figures are the same. */
export function withOwnUsage(upstream: UpstreamSide, read: UsageReader['read']): UpstreamSide {
  const { thinkingInNames, instruct } = upstream;
  return {
    needsBytes: (media) => upstream.needsBytes?.(media) === true,
    ...(thinkingInNames === undefined ? {} : { thinkingInNames }),
    ...(instruct === undefined ? {} : { instruct }),
    encodeRequest: (request, context) => upstream.encodeRequest(request, context),
    decodeResponse(body, context) {
      const usage = emptyUsage();
      read(body, usage);
      return { ...upstream.decodeResponse(body, context), usage };
    },
    streamDecoder(out, context, editFrame) {
      const sink = new OwnUsageSink(out);
      return upstream.streamDecoder(sink, context, (frame: JsonObject) => {
        editFrame?.(frame);
        sink.read(frame, read);
      });
    },
  };
}

/** Passes everything on but the usage that the decoder reads, which it replaces by what it is given of each frame. */
const compared = [...usageBuckets, ...requestCounters, 'images', 'media'] as const;

class OwnUsageSink implements CanonicalSink {
  readonly #out: CanonicalSink;
  #state: 'new' | 'started' | 'ended' = 'new';
  /** All that the frames so far stated. Until the start it may not be said yet. */
  #stated: Partial<Usage> = {};

  constructor(out: CanonicalSink) {
    this.#out = out;
  }

  read(frame: JsonObject, read: UsageReader['read']): void {
    const stated = { ...this.#stated };
    read(frame, stated);
    if (compared.every((part) => stated[part] === this.#stated[part])) return;
    this.#stated = stated;
    if (this.#state === 'started') this.#out.usage(stated);
  }

  start(id: string, model: string): void {
    this.#state = 'started';
    this.#out.start(id, model);
    if (Object.keys(this.#stated).length > 0) this.#out.usage(this.#stated);
  }

  usage(): void {
    // What the decoder reads of a frame means something else here.
  }

  openBlock(index: number, head: BlockHead): void {
    this.#out.openBlock(index, head);
  }
  textDelta(index: number, text: string): void {
    this.#out.textDelta(index, text);
  }
  argumentsDelta(index: number, fragment: string): void {
    this.#out.argumentsDelta(index, fragment);
  }
  seal(index: number, seal: Seal): void {
    this.#out.seal(index, seal);
  }
  citation(index: number, citation: Citation): void {
    this.#out.citation(index, citation);
  }
  wholeBlock(index: number, block: Block): void {
    this.#out.wholeBlock(index, block);
  }
  closeBlock(index: number): void {
    this.#out.closeBlock(index);
  }
  stop(reason: StopReason, stopSequence?: string): void {
    this.#state = 'ended';
    this.#out.stop(reason, stopSequence);
  }
  fail(verdict: Verdict): void {
    this.#state = 'ended';
    this.#out.fail(verdict);
  }
}
