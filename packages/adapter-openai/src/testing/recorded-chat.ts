import type { Block, JsonObject, Usage } from '@tollgate/plugin-kit';
import { chatUsage } from '../chat/usage.js';
import { type RecordedAnswer, recordedAnswers, recordedFrames } from './recorded.js';

/** Everything that was recorded of servers that speak chat. */
export const recordedChat = recordedAnswers('openai-chat');

/** The recording whose file ends so. */
export function recordedNamed(file: string): RecordedAnswer {
  const found = recordedChat.find((answer) => answer.file.endsWith(file));
  if (found === undefined) throw new Error(`There is no recorded ${file}.`);
  return found;
}

/** The chunks of a recorded stream. */
export function recordedChunks(answer: RecordedAnswer): readonly JsonObject[] {
  return recordedFrames(answer)
    .filter((frame) => frame !== '[DONE]')
    .map((frame) => JSON.parse(frame) as JsonObject);
}

/** The usage that the pass lane finds: the last of the frames that a needle nominates. */
export function scannedUsage(frames: readonly string[]): Partial<Usage> {
  let found: Partial<Usage> = {};
  for (const frame of frames.filter((text) => chatUsage.needles.some((needle) => text.includes(needle)))) {
    const usage: Partial<Usage> = {};
    chatUsage.read(JSON.parse(frame), usage);
    if (Object.keys(usage).length > 0) found = usage;
  }
  return found;
}

/** All that is said, or thought, joined. */
export function said(blocks: readonly Block[], type: 'text' | 'thinking'): string {
  return blocks.map((block) => (block.type === type ? block.text : '')).join('');
}

/** All strings at a field of the deltas, joined. */
export function deltaText(answer: RecordedAnswer, field: string): string {
  return recordedChunks(answer)
    .flatMap(({ choices }) => choices as { delta?: JsonObject }[])
    .map((choice) => choice.delta?.[field])
    .filter((part) => typeof part === 'string')
    .join('');
}
