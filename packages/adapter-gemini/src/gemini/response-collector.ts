import {
  type Block,
  type BlockHead,
  type CanonicalResponse,
  type CanonicalSink,
  type Citation,
  emptyUsage,
  type Seal,
  type StopReason,
  type ToolCallBlock,
  UpstreamError,
  type Usage,
  type Verdict,
} from '@tollgate/plugin-kit';

interface OpenBlock {
  readonly head: BlockHead;
  content: string;
  seal?: Seal;
  readonly citations: Citation[];
}

/** Makes one answer out of sink calls, so that unary answers and streams are read by the same code. */
export class ResponseCollector implements CanonicalSink {
  readonly #open: OpenBlock[] = [];
  readonly #blocks: Block[] = [];
  readonly #usage = emptyUsage();
  #head = { id: '', model: '' };
  #stop: StopReason = 'error';

  start(id: string, model: string): void {
    this.#head = { id, model };
  }

  openBlock(index: number, head: BlockHead): void {
    this.#open[index] = { head, content: '', citations: [] };
  }

  textDelta(index: number, text: string): void {
    this.#at(index).content += text;
  }

  argumentsDelta(index: number, fragment: string): void {
    this.#at(index).content += fragment;
  }

  seal(index: number, seal: Seal): void {
    this.#at(index).seal = seal;
  }

  citation(index: number, citation: Citation): void {
    this.#at(index).citations.push(citation);
  }

  wholeBlock(index: number, block: Block): void {
    this.#blocks[index] = block;
  }

  closeBlock(index: number): void {
    this.#blocks[index] = blockOf(this.#at(index));
  }

  usage(patch: Partial<Usage>): void {
    Object.assign(this.#usage, patch);
  }

  stop(reason: StopReason): void {
    this.#stop = reason;
  }

  /** @throws UpstreamError always: the answer was an error in the clothes of a success. */
  fail(verdict: Verdict): void {
    throw new UpstreamError(verdict);
  }

  response(): CanonicalResponse {
    return { ...this.#head, blocks: this.#blocks, stop: this.#stop, usage: this.#usage };
  }

  #at(index: number): OpenBlock {
    return this.#open[index] as OpenBlock;
  }
}

function blockOf({ head, content, seal, citations }: OpenBlock): Block {
  const marks = seal === undefined ? {} : { seal };
  if (head.type === 'tool-call') return { ...head, arguments: content, ...marks } satisfies ToolCallBlock;
  if (head.type === 'thinking') return { ...head, text: content, ...marks };
  return { ...head, text: content, ...(citations.length > 0 ? { citations } : {}), ...marks };
}
