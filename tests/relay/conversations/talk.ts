import { type ChannelEntry, upstreamKey } from '../../support/apply-document.js';
import { chatSpeaker } from './chat-speaker.js';
import { claudeSpeaker } from './claude-speaker.js';
import { geminiSpeaker } from './gemini-speaker.js';
import { responsesSpeaker } from './responses-speaker.js';
import { loopTurns, type SealedVendor } from './sealed-vendors.js';
import type { Place, SeenAnswer, Speaker } from './speaker.js';

/** An official library for each dialect. */
export const speakers: Readonly<Record<string, (place: Place) => Speaker>> = {
  'openai-chat': chatSpeaker,
  'openai-responses': responsesSpeaker,
  'claude-messages': claudeSpeaker,
  gemini: geminiSpeaker,
};

export function speakerOf(dialect: string, place: Place): Speaker {
  const speaker = speakers[dialect]?.(place);
  if (speaker === undefined) throw new Error(`Nobody speaks ${dialect}.`);
  return speaker;
}

/** Talks until the model says that it is done; `modelAt` says who is asked at each turn. */
export async function talkTo(speaker: Speaker, stream: boolean, modelAt: (turn: number) => string): Promise<readonly SeenAnswer[]> {
  const answers: SeenAnswer[] = [];
  for (let turn = 0; turn <= loopTurns; turn += 1) {
    const answer = await speaker.ask(modelAt(turn), stream);
    answers.push(answer);
    speaker.giveResults(answer.calls.map((call) => ({ call, text: `${turn} degrees` })));
  }
  return answers;
}

/** A channel to a scripted vendor at an address of its own. */
export function channelTo({ provider, dialect }: SealedVendor, name: string, baseUrl: string): ChannelEntry {
  const isRoot = provider === 'claude' || provider === 'gemini';
  return {
    name,
    provider,
    config: { baseUrl: isRoot ? baseUrl.replace(/\/v1$/, '') : baseUrl, apiKey: upstreamKey, dialects: [dialect] },
    models: [name],
  };
}
