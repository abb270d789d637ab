import type { JsonObject } from '@tollgate/plugin-kit';
import { type RecordedAnswer, recordedAnswers, recordedFrames } from './recorded.js';

/** Everything that was recorded of servers that speak Responses. */
export const recordedResponses = recordedAnswers('openai-responses');

/** A recorded stream of one answer. */
export interface RecordedEvents {
  readonly title: string;
  readonly file: string;
  readonly frames: readonly string[];
  readonly events: readonly JsonObject[];
}

/** The streams of a recording: a file may hold the answers of a whole loop, one after the other. */
export function recordedStreams(answer: RecordedAnswer): readonly RecordedEvents[] {
  const streams: string[][] = [];
  for (const frame of recordedFrames(answer)) {
    if (frame === '[DONE]' && streams.length > 0) streams.at(-1)?.push(frame);
    else if ((JSON.parse(frame) as JsonObject)['type'] === 'response.created') streams.push([frame]);
    else streams.at(-1)?.push(frame);
  }
  return streams.map((frames, index) => ({
    title: streams.length === 1 ? answer.file : `${answer.file}, answer ${index + 1}`,
    file: answer.file,
    frames,
    events: frames.filter((frame) => frame !== '[DONE]').map((frame) => JSON.parse(frame) as JsonObject),
  }));
}

/** The answer that the last event of a stream repeats whole. */
export function statedAnswer({ events }: RecordedEvents): JsonObject {
  return events.at(-1)?.['response'] as JsonObject;
}
