import type { Block, CanonicalRequest, CodecContext, MediaBlock } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { type AnswerAudio, chatDialectId } from './wire.js';

/** How the bytes of the vendor's formats begin, in base64; raw samples begin with anything. */
const startOfFormats: readonly (readonly [start: RegExp, mimeType: string])[] = [
  [/^UklGR/, 'audio/wav'],
  [/^(?:SUQz|\/\/[I-Po-v])/, 'audio/mpeg'],
  [/^ZkxhQ/, 'audio/flac'],
  [/^T2dnU/, 'audio/ogg'],
  [/^\/\/[E-Hk-n]/, 'audio/aac'],
];
/** What the vendor calls `pcm16`, and the only form in which it streams. */
const samples = 'audio/pcm;rate=24000';

/** What an answer or a delta says aloud: the words, and their sound in base64. */
export function readAudio(audio: unknown): { readonly transcript: string; readonly data: string } | undefined {
  if (!isObject(audio)) return undefined;
  const { transcript, data } = audio;
  return { transcript: typeof transcript === 'string' ? transcript : '', data: typeof data === 'string' ? data : '' };
}

/** An answer does not state its format, only the request does: the bytes tell it. */
export function audioBlock(base64: string): MediaBlock {
  const mimeType = startOfFormats.find(([start]) => start.test(base64))?.[1] ?? samples;
  return { type: 'media', media: 'audio', mimeType, source: { base64 } };
}

/** The pieces of a stream, each in a base64 of its own. */
export class StreamedAudio {
  private readonly pieces: Buffer[] = [];

  add(base64: string): void {
    if (base64 !== '') this.pieces.push(Buffer.from(base64, 'base64'));
  }

  /** The whole sound, once. */
  take(): MediaBlock | undefined {
    const pieces = this.pieces.splice(0);
    return pieces.length === 0 ? undefined : audioBlock(Buffer.concat(pieces).toString('base64'));
  }
}

const mimeTypesByFormat: ReadonlyMap<unknown, RegExp> = new Map([
  ['wav', /wav/],
  ['mp3', /mpeg|mp3/],
  ['flac', /flac/],
  ['opus', /ogg|opus/],
  ['aac', /aac/],
  ['pcm16', /pcm|l16/i],
]);

/** Sound with its bytes, of which a message for a client holds one. */
export type Sound = MediaBlock & { readonly source: { readonly base64: string } };

export function isSound(block: Block): block is Sound {
  return block.type === 'media' && block.media === 'audio' && 'base64' in block.source;
}

/**
 * Sound for a chat client. Its words, where the upstream has any, are the text of the message. The sound is kept nowhere, so it counts as
 * expired: no later message can refer to it.
 */
export function encodeAudio({ mimeType, source }: Sound, request: CanonicalRequest, context: CodecContext): AnswerAudio {
  const asked = request.extensions?.[chatDialectId]?.['audio'];
  const format = isObject(asked) ? asked['format'] : undefined;
  if (mimeType !== undefined && mimeTypesByFormat.get(format)?.test(mimeType) === false) {
    context.lose({ field: 'audio.format', how: 'coerced', why: `The upstream speaks in ${mimeType}.` });
  }
  return { id: context.newId('audio_'), data: source.base64, expires_at: Math.floor(context.now() / 1_000), transcript: '' };
}
