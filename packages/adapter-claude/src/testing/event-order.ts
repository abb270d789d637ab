import type { Frame } from '@tollgate/plugin-kit';
import { isObject } from '../claude-messages/wire.js';

/** The vendor's order of events. @throws Error naming the event that breaks it. */
export function checkEventOrder(frames: readonly Frame[]): void {
  let openIndex: number | undefined;
  let nextIndex = 0;
  let state: 'new' | 'message' | 'delta' | 'ended' = 'new';
  for (const [position, { data, event }] of frames.entries()) {
    const frame: unknown = JSON.parse(data);
    if (!isObject(frame) || frame.type !== event) throw new Error(`Event ${position}: its name is not its type.`);
    const broken = (): Error =>
      new Error(`Event ${position}: ${String(event)} may not follow in state ${state} with block ${openIndex ?? 'none'} open.`);
    if (state === 'ended') throw broken();
    switch (event) {
      case 'message_start':
        if (state !== 'new') throw broken();
        state = 'message';
        break;
      case 'content_block_start':
        if (state !== 'message' || openIndex !== undefined || frame.index !== nextIndex) throw broken();
        openIndex = nextIndex++;
        break;
      case 'content_block_delta':
      case 'content_block_stop':
        if (state !== 'message' || frame.index !== openIndex) throw broken();
        if (event === 'content_block_stop') openIndex = undefined;
        break;
      case 'message_delta':
        if (state !== 'message' || openIndex !== undefined) throw broken();
        state = 'delta';
        break;
      case 'message_stop':
        if (state !== 'delta') throw broken();
        state = 'ended';
        break;
      case 'error':
        state = 'ended';
        break;
      default:
        throw broken();
    }
  }
  if (state !== 'ended') throw new Error(`The stream stops in state ${state}.`);
}
