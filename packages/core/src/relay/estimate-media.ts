import { imageSizeOf } from './image-size.js';
import { plainType, typeOfBytes } from './media-type.js';
import type { TokenScale } from './token-families.js';

/** Base64 in which nearly every image states its size, and every other type itself. */
const headCharacters = 65_536;
/** Compressed speech: recordings in better quality have more bytes and are estimated as longer than they are. */
const audioBytesPerSecond = 8_000;
const videoBytesPerSecond = 200_000;
const documentBytesPerPage = 50_000;
const textBytesPerToken = 4;
/** Of media behind an address nothing is known but that there is something. */
const linkedSeconds = 60;
const linkedPages = 4;
const waveByteRateAt = 28;
const waveBytesPerSecondMin = 1_000;
/** Thinking that is sealed in base64: what a token of it takes, and where somebody else's bytes begin that are no seal. */
const sealedCharactersPerToken = 8;
const sealedTokensMax = 20_000;

/** What a request says of a medium beside its bytes or its address. */
export interface MediaWords {
  readonly type?: string | undefined;
  readonly detail?: string | undefined;
}

/** Tokens of the media in a body, by what vendors price apart. */
export interface MediaSums {
  audio: number;
  /** Pictures, frames of films and pages, which vendors look at. */
  image: number;
}

/** Tokens of inline media, from the size of its base64 and what its first bytes tell; added to the sums, too, unless nobody knows what it is. */
export function estimateInlineMedia(text: string, { type: stated, detail }: MediaWords, { media }: TokenScale, sums: MediaSums): number {
  const from = text.startsWith('data:') ? text.indexOf(',') + 1 : 0;
  const head = Buffer.from(text.slice(from, from + headCharacters), 'base64');
  const type = typeOfBytes(head, from === 0 ? '' : text.slice('data:'.length, from - 1), stated);
  if (type === undefined) return Math.min(text.length / sealedCharactersPerToken, sealedTokensMax);
  const bytes = ((text.length - from) * 3) / 4;
  if (type.startsWith('image/')) return asImage(media.image({ ...imageSizeOf(head), ...(detail === undefined ? {} : { detail }) }), sums);
  return estimateSized(type, bytes, audioBytesPerSecondOf(type, head), media, sums);
}

/** Tokens of a file that lies at an upstream, of which no more is known than this. */
export function estimateStoredFile({ bytes, mimeType = '' }: { bytes: number; mimeType?: string }, { media }: TokenScale): number {
  const type = plainType(mimeType);
  if (type.startsWith('image/')) return media.image({});
  if (type !== 'application/pdf' && !/^(?:audio|video)\//.test(type)) return bytes / textBytesPerToken;
  return estimateSized(type, bytes, audioBytesPerSecond, media, { audio: 0, image: 0 });
}

function estimateSized(type: string, bytes: number, bytesPerSecond: number, media: TokenScale['media'], sums: MediaSums): number {
  if (type.startsWith('audio/')) return asAudio((media.audioPerSecond * bytes) / bytesPerSecond, sums);
  if (type.startsWith('video/')) return asVideo(bytes / videoBytesPerSecond, media, sums);
  return asImage(media.documentPerPage * Math.ceil(bytes / documentBytesPerPage), sums);
}

/** Tokens of media behind an address, which is not fetched for it; added to the sums, too. */
export function estimateLinkedMedia({ type = 'image/*', detail }: MediaWords, { media }: TokenScale, sums: MediaSums): number {
  const plain = plainType(type);
  if (plain.startsWith('audio/')) return asAudio(media.audioPerSecond * linkedSeconds, sums);
  if (plain.startsWith('video/')) return asVideo(linkedSeconds, media, sums);
  if (!plain.startsWith('image/')) return asImage(media.documentPerPage * linkedPages, sums);
  return asImage(media.image(detail === undefined ? {} : { detail }), sums);
}

function asAudio(tokens: number, sums: MediaSums): number {
  sums.audio += tokens;
  return tokens;
}

function asImage(tokens: number, sums: MediaSums): number {
  sums.image += tokens;
  return tokens;
}

/** A film is frames and its sound. */
function asVideo(seconds: number, { audioPerSecond, videoPerSecond }: TokenScale['media'], sums: MediaSums): number {
  const sound = Math.min(audioPerSecond, videoPerSecond) * seconds;
  return asAudio(sound, sums) + asImage(videoPerSecond * seconds - sound, sums);
}

/** A WAVE file states its byte rate; nobody believes one below that of the worst telephone. */
function audioBytesPerSecondOf(type: string, head: Buffer): number {
  if (type !== 'audio/wav' || head.length < waveByteRateAt + 4) return audioBytesPerSecond;
  return Math.max(head.readUInt32LE(waveByteRateAt), waveBytesPerSecondMin);
}
