import type { CanonicalSink, CodecContext, JsonObject, Seal } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { readArguments } from './choice-parts.js';
import { readSealContent } from './seals.js';

interface StreamedCall {
  /** As the server gave it; empty as long as it gave none. */
  wireId: string;
  name: string;
  readonly freeform: boolean;
  /** Index of the block; undefined until the name is known. */
  block: number | undefined;
  /** Arguments that came before the name. */
  early: string;
  hasArguments: boolean;
  /** Known, and not yet told. */
  seal: Seal | undefined;
}

/**
 * Joins the fragments of tool calls. The first id counts: some servers repeat it as an empty string. Servers that number nothing, or
 * number every call 0, are understood by a new id together with a name; without ids too, by a name after arguments.
 */
export class StreamedToolCalls {
  private readonly calls: StreamedCall[] = [];
  private readonly byWireIndex = new Map<number, StreamedCall>();
  /** Seals that stand apart from their calls, by the call's id, and may come first. */
  private readonly waitingSeals = new Map<string, Seal>();

  constructor(
    private readonly out: CanonicalSink,
    private readonly context: CodecContext,
    private readonly takeBlockIndex: () => number,
  ) {}

  get any(): boolean {
    return this.calls.some((call) => call.block !== undefined);
  }

  /** One element of a delta's `tool_calls`, or its older `function_call`. */
  delta(fragment: JsonObject): void {
    const { custom, function: called } = fragment;
    const freeform = isObject(custom);
    const body = freeform ? custom : isObject(called) ? called : {};
    const id = textOf(fragment['id']);
    const name = textOf(body['name']);
    const call = this.find(fragment['index'], id, name) ?? this.add(fragment['index'], freeform);
    if (call.wireId === '') call.wireId = id;
    if (call.name === '') call.name = name;
    this.addArguments(call, freeform ? textOf(body['input']) : readArguments(body['arguments']));
    if (fragment['extra_content'] !== undefined) call.seal = readSealContent(fragment) ?? call.seal;
    if (this.waitingSeals.size > 0) this.takeWaitingSeal(call);
    this.tellSeal(call);
  }

  /** The seal of a call that may still have to come. */
  seal(wireId: string, seal: Seal): void {
    const call = this.calls.find((candidate) => candidate.wireId === wireId);
    if (call === undefined) this.waitingSeals.set(wireId, seal);
    else {
      call.seal = seal;
      this.tellSeal(call);
    }
  }

  /** The seals whose calls never came. */
  takeOrphanedSeals(): readonly Seal[] {
    const orphaned = [...this.waitingSeals.values()];
    this.waitingSeals.clear();
    return orphaned;
  }

  closeAll(): void {
    for (const call of this.calls) {
      if (call.block === undefined) continue;
      if (!call.hasArguments && !call.freeform) this.out.argumentsDelta(call.block, '{}');
      this.out.closeBlock(call.block);
    }
  }

  private takeWaitingSeal(call: StreamedCall): void {
    call.seal ??= this.waitingSeals.get(call.wireId);
    this.waitingSeals.delete(call.wireId);
  }

  private tellSeal(call: StreamedCall): void {
    if (call.seal === undefined || call.block === undefined) return;
    this.out.seal(call.block, call.seal);
    call.seal = undefined;
  }

  private find(wireIndex: unknown, id: string, name: string): StreamedCall | undefined {
    const known = typeof wireIndex === 'number' ? this.byWireIndex.get(wireIndex) : this.calls.at(-1);
    if (known === undefined || name === '') return known;
    const hasOtherId = id !== '' && known.wireId !== '' && known.wireId !== id;
    const startsAgain = id === '' && typeof wireIndex !== 'number' && known.name !== '' && known.hasArguments;
    return hasOtherId || startsAgain ? undefined : known;
  }

  private add(wireIndex: unknown, freeform: boolean): StreamedCall {
    const call: StreamedCall = { wireId: '', name: '', freeform, block: undefined, early: '', hasArguments: false, seal: undefined };
    this.calls.push(call);
    if (typeof wireIndex === 'number') this.byWireIndex.set(wireIndex, call);
    return call;
  }

  private addArguments(call: StreamedCall, fragment: string): void {
    if (call.block === undefined) {
      call.early += fragment;
      if (call.name === '') return;
      call.block = this.takeBlockIndex();
      const id = call.wireId === '' ? this.context.newId('call_') : call.wireId;
      const { name } = call;
      this.out.openBlock(call.block, call.freeform ? { type: 'tool-call', id, name, freeform: true } : { type: 'tool-call', id, name });
      fragment = call.early;
    }
    if (fragment === '') return;
    call.hasArguments = true;
    this.out.argumentsDelta(call.block, fragment);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
