import type { Block, CodecContext, ThinkingBlock, ToolCallBlock, ToolResultBlock, Turn } from '@tollgate/plugin-kit';
import { encodeContent, encodeInstructions, encodeResult, textsOf } from './encode-content.js';
import { freeformArguments } from '../freeform.js';
import { isOwnModel } from '../model-families.js';
import { sealForVendor } from './seals.js';
import { type InputItem, type ReasoningInput, responsesDialectId } from './wire.js';

/** Turns as items of `input`, in their order. */
export function encodeItems(turns: readonly Turn[], model: string, context: CodecContext): InputItem[] {
  const encoder = new ItemEncoder(isOwnModel(model) ? freeformCallsOf(turns) : new Set(), model, context);
  return turns.flatMap(({ role, blocks }) => encoder[role](blocks));
}

function freeformCallsOf(turns: readonly Turn[]): ReadonlySet<string> {
  const blocks = turns.flatMap((turn) => turn.blocks);
  return new Set(blocks.flatMap((block) => (block.type === 'tool-call' && block.freeform === true ? [block.id] : [])));
}

type OwnItem = Extract<Block, { type: 'opaque' }>;

class ItemEncoder {
  constructor(
    /** Ids of the calls of tools for plain text, which only the vendor has. */
    private readonly freeformCalls: ReadonlySet<string>,
    private readonly model: string,
    private readonly context: CodecContext,
  ) {}

  system(blocks: readonly Block[]): InputItem[] {
    const content = encodeInstructions(blocks, this.model, this.context);
    return content === '' ? [] : [{ type: 'message', role: 'system', content }];
  }

  /** A turn stays one, even if nothing of it can be said. */
  user(blocks: readonly Block[]): InputItem[] {
    const items: InputItem[] = [];
    let said: Block[] = [];
    const endMessage = (): void => {
      const content = encodeContent(said, this.model, this.context) ?? '';
      if (content !== '') items.push({ type: 'message', role: 'user', content });
      said = [];
    };
    for (const block of blocks) {
      if (block.type === 'tool-result' || isOwnItem(block)) {
        endMessage();
        items.push(block.type === 'tool-result' ? this.toolResult(block) : (block.data as InputItem));
      } else said.push(block);
    }
    endMessage();
    return items.length > 0 ? items : [{ type: 'message', role: 'user', content: '' }];
  }

  assistant(blocks: readonly Block[]): InputItem[] {
    const items: InputItem[] = [];
    let texts: string[] = [];
    const endMessage = (): void => {
      const [only] = texts;
      if (only === undefined) return;
      const content = texts.length === 1 ? only : texts.map((text) => ({ type: 'output_text' as const, text }));
      items.push({ type: 'message', role: 'assistant', content });
      texts = [];
    };
    for (const block of blocks) {
      if (block.type === 'thinking' || block.type === 'tool-call' || isOwnItem(block)) {
        endMessage();
        items.push(...this.action(block));
      } else texts.push(...textsOf([block], this.model, this.context));
    }
    endMessage();
    return items;
  }

  private toolResult(result: ToolResultBlock): InputItem {
    if (result.failed === true) {
      this.context.lose({ field: 'tool-result.failed', how: 'dropped', why: 'A result has no mark for failure.' });
    }
    const output = encodeResult(result.content, this.model, this.context);
    const isFreeform = this.freeformCalls.has(result.callId);
    return isFreeform
      ? { type: 'custom_tool_call_output', call_id: result.callId, output }
      : { type: 'function_call_output', call_id: result.callId, output };
  }

  private action(block: ThinkingBlock | ToolCallBlock | OwnItem): readonly InputItem[] {
    if (block.type === 'thinking') return this.thinking(block);
    return block.type === 'tool-call' ? [this.toolCall(block)] : [block.data as InputItem];
  }

  /** The vendor keeps no reasoning of ours, so only reasoning that it can read back from its own seal may be sent. */
  private thinking(block: ThinkingBlock): readonly ReasoningInput[] {
    const sealed = sealForVendor(block.seal);
    if (sealed === undefined) {
      const why = 'Only reasoning that this vendor sealed itself can be sent back.';
      this.context.lose({ field: block.seal === undefined ? 'thinking block' : 'seal', how: 'dropped', why });
      return [];
    }
    const summary = block.text === '' ? [] : [{ type: 'summary_text' as const, text: block.text }];
    return [{ type: 'reasoning', summary, encrypted_content: sealed }];
  }

  private toolCall({ id, name, arguments: given, freeform, seal }: ToolCallBlock): InputItem {
    if (seal !== undefined) {
      this.context.lose({ field: 'seal', how: 'dropped', why: 'A tool call has no place for a seal in this dialect.' });
    }
    if (freeform !== true) return { type: 'function_call', call_id: id, name, arguments: given };
    return this.freeformCalls.has(id)
      ? { type: 'custom_tool_call', call_id: id, name, input: given }
      : { type: 'function_call', call_id: id, name, arguments: freeformArguments(given) };
  }
}

/** A part of a message and an item of its own are told apart by their names: parts begin with `input_` or `output_`. */
function isOwnItem(block: Block): block is OwnItem {
  if (block.type !== 'opaque' || block.dialect !== responsesDialectId) return false;
  const type = (block.data as { readonly type?: unknown } | null)?.type;
  return typeof type === 'string' && !/^(?:input|output)_/.test(type);
}
