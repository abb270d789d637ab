import {
  BadRequestError,
  type Block,
  type CodecContext,
  type JsonObject,
  type Seal,
  type SealedPlace,
  type ToolCallBlock,
  type Turn,
  unwrapPlacedSeal,
} from '@tollgate/plugin-kit';
import { decodeContent } from './decode-content.js';
import { decodeReasoning } from './decode-reasoning.js';
import { isForeignServerTool } from './server-tool-items.js';
import { responsesDialectId } from './wire.js';
import { flatName } from './namespaces.js';
import { optionalText, requireName, requireObject, requireText } from '../request-fields.js';

/**
 * The items of `input` as turns: what one side says or does in a row is one turn, but each message that follows another stays apart.
 * @throws BadRequestError naming the item.
 */
export function decodeItems(items: readonly unknown[], context: CodecContext): readonly Turn[] {
  const decoder = new ItemDecoder(context);
  items.forEach((item, index) => {
    const field = `input.${index}`;
    decoder.item(requireObject(item, field), field);
  });
  return decoder.turns;
}

type Role = Turn['role'];

const roleByWire: ReadonlyMap<unknown, Role> = new Map<unknown, Role>([
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['system', 'system'],
  ['developer', 'system'],
]);

class ItemDecoder {
  readonly turns: { role: Role; blocks: Block[] }[] = [];
  private lastIsMessage = false;

  constructor(private readonly context: CodecContext) {}

  item(item: JsonObject, field: string): void {
    switch (item['type'] ?? typeOfUnnamed(item)) {
      case 'message':
        return this.message(item, field);
      case 'function_call':
        return this.add('assistant', [functionCall(item, field)]);
      case 'custom_tool_call':
        return this.add('assistant', [customCall(item, field)]);
      case 'function_call_output':
      case 'custom_tool_call_output':
        return this.add('user', [this.result(item, field)]);
      case 'reasoning':
        return this.reasoning(item, field);
      case 'additional_tools':
        // They are among the tools of the request.
        return;
      case 'item_reference':
        throw new BadRequestError(
          `${field} refers to an item that the vendor keeps. This model is served in another dialect: send the item itself.`,
          field,
          'state_not_available',
        );
      default:
        return this.foreign(item, field);
    }
  }

  private message(item: JsonObject, field: string): void {
    const role = roleByWire.get(item['role']);
    if (role === undefined) {
      throw new BadRequestError(`${field}.role must be one of user, assistant, system, developer.`, `${field}.role`);
    }
    const blocks = decodeContent(item['content'], `${field}.content`);
    if (typeof item['phase'] === 'string') {
      this.context.lose({ field: 'phase', how: 'dropped', why: 'Only this dialect tells comments from the final answer.' });
    }
    const last = this.turns.at(-1);
    // A message that says nothing is one all the same: it stays apart, where it can be seen.
    const goesOn = last?.role === role && !this.lastIsMessage && role !== 'system' && blocks.length > 0;
    if (goesOn) last.blocks.push(...blocks);
    else this.turns.push({ role, blocks });
    this.lastIsMessage = true;
  }

  private add(role: Role, blocks: readonly Block[]): void {
    const last = this.turns.at(-1);
    if (last?.role === role && last.blocks.length > 0) last.blocks.push(...blocks);
    else this.turns.push({ role, blocks: [...blocks] });
    this.lastIsMessage = false;
  }

  private result(item: JsonObject, field: string): Block {
    const blocks = decodeContent(item['output'], `${field}.output`);
    const content = blocks.filter((block) => block.type === 'text' || block.type === 'media');
    if (content.length < blocks.length) {
      this.context.lose({ field: `${field}.output`, how: 'dropped', why: "A tool's result holds texts, images and files only." });
    }
    return { type: 'tool-result', callId: requireName(item['call_id'], `${field}.call_id`), content };
  }

  /** Reasoning that the gateway wrote to keep the seal of a text or a tool call goes back to where it was. */
  private reasoning(item: JsonObject, field: string): void {
    const encrypted = item['encrypted_content'];
    const placed = typeof encrypted === 'string' ? unwrapPlacedSeal(encrypted) : undefined;
    if (placed !== undefined) return this.putSealBack(placed);
    const block = decodeReasoning(item, field);
    if (block !== undefined) this.add('assistant', [block]);
  }

  private putSealBack({ seal, place }: { readonly seal: Seal; readonly place: SealedPlace }): void {
    const blocks = this.turns.findLast((turn) => turn.role === 'assistant')?.blocks ?? [];
    const index = blocks.findLastIndex((block) =>
      place === 'text' ? block.type === 'text' : block.type === 'tool-call' && block.id === place.callId,
    );
    const block = blocks[index];
    if (block !== undefined) blocks[index] = { ...block, seal };
    this.lastIsMessage = false;
  }

  /** What only this dialect knows: server tools' calls and their results. */
  private foreign(item: JsonObject, field: string): void {
    const type = requireText(item['type'], `${field}.type`);
    // Told to the client alone: the vendor whose tool it was does not want it back in these words.
    if (isForeignServerTool(item)) return;
    const isSaidByUser = type.endsWith('_output') || type.endsWith('_response');
    this.add(isSaidByUser ? 'user' : 'assistant', [{ type: 'opaque', dialect: responsesDialectId, data: item }]);
  }
}

/** Two kinds of item may leave their type out. */
function typeOfUnnamed(item: JsonObject): string {
  return item['role'] === undefined && typeof item['id'] === 'string' ? 'item_reference' : 'message';
}

function functionCall(item: JsonObject, field: string): ToolCallBlock {
  const { arguments: given } = item;
  return {
    type: 'tool-call',
    id: requireName(item['call_id'], `${field}.call_id`),
    name: nameOf(item, field),
    arguments: given === '' ? '{}' : requireText(given, `${field}.arguments`),
  };
}

function customCall(item: JsonObject, field: string): ToolCallBlock {
  return {
    type: 'tool-call',
    id: requireName(item['call_id'], `${field}.call_id`),
    name: nameOf(item, field),
    arguments: requireText(item['input'], `${field}.input`),
    freeform: true,
  };
}

/** The name of the called tool, as its declaration has it. */
function nameOf(item: JsonObject, field: string): string {
  const name = requireName(item['name'], `${field}.name`);
  const namespace = optionalText(item['namespace'], `${field}.namespace`) ?? '';
  return namespace === '' ? name : flatName(namespace, name);
}
