import type { Block, CanonicalResponse, Citation, Seal, StopReason } from '../canonical.js';
import type { BlockHead, CanonicalSink } from '../sink.js';
import { requestCounters, type Usage, usageBuckets } from '../usage.js';
import type { Verdict } from '../verdict.js';
import { foldCalls } from './fold-calls.js';

/** One call of a sink as data: `['textDelta', 0, 'Hello']`. */
export type SinkCall = { [Name in keyof CanonicalSink]: readonly [Name, ...Parameters<CanonicalSink[Name]>] }[keyof CanonicalSink];

/** A sink for tests of decoders: keeps every call and throws an Error that names the rule as soon as one is broken. */
export interface CheckedSink extends CanonicalSink {
  readonly calls: readonly SinkCall[];
  /**
   * The whole answer that the calls add up to; a failed one has the stop reason `error`.
   * @throws Error while the answer has not ended.
   */
  response(): CanonicalResponse;
}

/** A sink that holds a decoder to the order promised by {@link CanonicalSink}. */
export function checkedSink(): CheckedSink {
  return new RecordingSink();
}

class RecordingSink implements CheckedSink {
  readonly calls: SinkCall[] = [];
  readonly #openBlocks = new Map<number, BlockHead['type']>();
  #state: 'new' | 'started' | 'ended' = 'new';
  #nextIndex = 0;

  start(id: string, model: string): void {
    this.#insist(this.#state !== 'ended', 'start', 'nothing follows stop or fail');
    this.#insist(this.#state === 'new', 'start', 'start comes once');
    this.#state = 'started';
    this.calls.push(['start', id, model]);
  }

  openBlock(index: number, head: BlockHead): void {
    this.#takeIndex('openBlock', index);
    this.#openBlocks.set(index, head.type);
    this.calls.push(['openBlock', index, head]);
  }

  textDelta(index: number, text: string): void {
    this.#insistOpen('textDelta', index, ['text', 'thinking']);
    this.calls.push(['textDelta', index, text]);
  }

  argumentsDelta(index: number, fragment: string): void {
    this.#insistOpen('argumentsDelta', index, ['tool-call']);
    this.calls.push(['argumentsDelta', index, fragment]);
  }

  seal(index: number, seal: Seal): void {
    this.#insistOpen('seal', index, ['text', 'thinking', 'tool-call']);
    this.calls.push(['seal', index, seal]);
  }

  citation(index: number, citation: Citation): void {
    this.#insistOpen('citation', index, ['text']);
    this.calls.push(['citation', index, citation]);
  }

  wholeBlock(index: number, block: Block): void {
    this.#takeIndex('wholeBlock', index);
    const isWhole = block.type === 'media' || block.type === 'opaque';
    this.#insist(isWhole, 'wholeBlock', `only media and opaque blocks arrive whole, a ${block.type} block is opened`);
    this.calls.push(['wholeBlock', index, block]);
  }

  closeBlock(index: number): void {
    this.#insistOpen('closeBlock', index, ['text', 'thinking', 'tool-call']);
    this.#openBlocks.delete(index);
    this.calls.push(['closeBlock', index]);
  }

  usage(patch: Partial<Usage>): void {
    this.#insistStarted('usage');
    for (const [bucket, count] of Object.entries(patch)) {
      if (bucket === 'images' || bucket === 'media') continue;
      this.#insist(counters.includes(bucket), 'usage', `there is no bucket "${bucket}"`);
      this.#insist(
        Number.isSafeInteger(count) && (count as number) >= 0,
        'usage',
        `counts are whole and not negative, ${bucket} is ${JSON.stringify(count)}`,
      );
    }
    this.calls.push(['usage', { ...patch }]);
  }

  stop(reason: StopReason, stopSequence?: string): void {
    this.#insistStarted('stop');
    this.#insist(
      this.#openBlocks.size === 0,
      'stop',
      `all blocks are closed before stop, open: ${[...this.#openBlocks.keys()].join(', ')}`,
    );
    this.#state = 'ended';
    this.calls.push(stopSequence === undefined ? ['stop', reason] : ['stop', reason, stopSequence]);
  }

  fail(verdict: Verdict): void {
    this.#insist(this.#state !== 'ended', 'fail', 'nothing follows stop or fail');
    this.#state = 'ended';
    this.calls.push(['fail', verdict]);
  }

  response(): CanonicalResponse {
    if (this.#state !== 'ended') throw new Error('The answer has not ended: neither stop nor fail was called.');
    return foldCalls(this.calls);
  }

  #takeIndex(method: keyof CanonicalSink, index: number): void {
    this.#insistStarted(method);
    this.#insist(index === this.#nextIndex, method, `blocks count up from 0, expected index ${this.#nextIndex}, got ${index}`);
    this.#nextIndex += 1;
  }

  #insistOpen(method: keyof CanonicalSink, index: number, types: readonly BlockHead['type'][]): void {
    this.#insistStarted(method);
    const type = this.#openBlocks.get(index);
    if (type === undefined) throw broken(method, `block ${index} is not open`);
    this.#insist(types.includes(type), method, `block ${index} is ${type}, expected ${types.join(' or ')}`);
  }

  #insistStarted(method: keyof CanonicalSink): void {
    this.#insist(this.#state !== 'ended', method, 'nothing follows stop or fail');
    this.#insist(this.#state === 'started', method, 'start comes first');
  }

  #insist(holds: boolean, method: keyof CanonicalSink, rule: string): void {
    if (!holds) throw broken(method, rule);
  }
}

const counters: readonly string[] = [...usageBuckets, ...requestCounters];

function broken(method: keyof CanonicalSink, rule: string): Error {
  return new Error(`Sink order broken at ${method}: ${rule}.`);
}
