import type { Block, CanonicalResponse, Citation, Seal } from '../canonical.js';
import type { BlockHead } from '../sink.js';
import { emptyUsage } from '../usage.js';
import type { SinkCall } from './checked-sink.js';

interface GrowingBlock {
  readonly head: BlockHead;
  /** Text of a text or thinking block, arguments of a tool call. */
  content: string;
  seal?: Seal;
  readonly citations: Citation[];
}

/** The whole answer that a complete and well-ordered list of sink calls describes. */
export function foldCalls(calls: readonly SinkCall[]): CanonicalResponse {
  const blocks: (GrowingBlock | Block)[] = [];
  const usage = emptyUsage();
  let answer: Omit<CanonicalResponse, 'blocks' | 'usage'> = { id: '', model: '', stop: 'error' };
  for (const call of calls) {
    if (call[0] === 'start') answer = { ...answer, id: call[1], model: call[2] };
    else if (call[0] === 'usage') Object.assign(usage, call[1]);
    else if (call[0] === 'stop') answer = { ...answer, stop: call[1], ...(call[2] === undefined ? {} : { stopSequence: call[2] }) };
    else if (call[0] !== 'fail') applyToBlock(blocks, call);
  }
  return { ...answer, blocks: blocks.map((block) => ('head' in block ? finished(block) : block)), usage };
}

type BlockCall = Exclude<SinkCall, readonly ['start' | 'usage' | 'stop' | 'fail', ...unknown[]]>;

function applyToBlock(blocks: (GrowingBlock | Block)[], call: BlockCall): void {
  const block = blocks[call[1]];
  if (call[0] === 'openBlock') blocks.push({ head: call[2], content: '', citations: [] });
  else if (call[0] === 'wholeBlock') blocks.push(call[2]);
  else if (block !== undefined && 'head' in block) applyToGrowing(block, call);
}

function applyToGrowing(block: GrowingBlock, call: Exclude<BlockCall, readonly ['openBlock' | 'wholeBlock', ...unknown[]]>): void {
  if (call[0] === 'textDelta' || call[0] === 'argumentsDelta') block.content += call[2];
  else if (call[0] === 'seal') block.seal = call[2];
  else if (call[0] === 'citation') block.citations.push(call[2]);
}

function finished({ head, content, seal, citations }: GrowingBlock): Block {
  const marks = seal === undefined ? {} : { seal };
  if (head.type === 'text') return { ...head, text: content, ...(citations.length > 0 ? { citations } : {}), ...marks };
  if (head.type === 'thinking') return { ...head, text: content, ...marks };
  return { ...head, arguments: content === '' && head.freeform === undefined ? '{}' : content, ...marks };
}
