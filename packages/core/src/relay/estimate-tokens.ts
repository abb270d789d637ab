import type { InputKinds } from '../modules/pricing/index.js';
import { estimateInlineMedia, estimateLinkedMedia, type MediaSums, type MediaWords } from './estimate-media.js';
import type { TokenScale } from './token-families.js';

/** Longer runs of base64 are media, not text. */
const mediaCharactersMin = 1_024;
const base64Start = /^(?:data:[\w.+/-]+;base64,)?[A-Za-z0-9+/_-]{256}/;
/** What ASCII text has and base64 has not: each is searched natively, where one pattern over a picture takes milliseconds. */
const textSeparators = [' ', '\n', '\t', '.', '"'];
/** Fields whose strings every dialect reads as text: a long word there is not a medium, however much it looks like one. */
const textFields: ReadonlySet<string> = new Set(['text', 'content', 'input', 'output', 'prompt', 'instructions', 'system', 'arguments']);
/** Fields of addresses at which dialects have media, and what is usually there. */
const linkFields: ReadonlyMap<string, string> = new Map([
  ['image_url', 'image/*'],
  ['audio_url', 'audio/*'],
  ['video_url', 'video/*'],
  ['file_url', 'application/pdf'],
  ['fileUri', 'image/*'],
  ['file_uri', 'image/*'],
]);
/** In these, the address is named `url`. */
const linkHolders: ReadonlyMap<string, string> = new Map([...linkFields, ['source', 'image/*']]);
/** In these is sound, whose bytes may begin with anything. */
const soundHolders: ReadonlyMap<string, string> = new Map([['input_audio', 'audio/*']]);
/** What a request says of itself and of how it is to be answered, which no model reads. */
const unreadFields: ReadonlySet<string> = new Set([
  'model',
  'metadata',
  'stream_options',
  'reasoning',
  'thinking',
  'tool_choice',
  'toolConfig',
  'safetySettings',
]);
/** How a mark for the vendor's cache says that it is not the usual one of a few minutes. */
const longCacheWrite = '1h';
const addressStart = /^(?:https?|gs):\/\//;
/** Deeper values wait in a list: no body may exhaust the stack. */
const nestedCallsMax = 100;

/** A value and where it stands. */
interface Placed {
  readonly value: object;
  readonly field: string;
  readonly owner: object | undefined;
  readonly within: string;
}

/** What is found on the one walk over a body. */
class Walk implements MediaSums {
  readonly scale: TokenScale;
  readonly deeper: Placed[] = [];
  audio = 0;
  image = 0;
  cacheWrite: InputKinds['cacheWrite'];

  constructor(scale: TokenScale) {
    this.scale = scale;
    this.cacheWrite = scale.writesCacheUnasked ? '5m' : undefined;
  }
}

/** What an input weighs: its tokens in all, and what of them costs otherwise than text. */
export interface InputWeight extends InputKinds {
  readonly tokens: number;
}

/**
 * Tokens of a parsed request body, estimated over all its texts, whatever the dialect. Base64 counts as one medium, unless it stands where a
 * dialect has text: otherwise a text that begins like base64 would be held as next to nothing. Media are weighed without being fetched.
 */
export function weighBody(body: unknown, scale: TokenScale): InputWeight {
  const walk = new Walk(scale);
  const { deeper } = walk;
  let tokens = isRecord(body) ? estimateRoot(body, walk) : estimateValue(body, '', undefined, '', 0, walk);
  for (let next = deeper.pop(); next !== undefined; next = deeper.pop())
    tokens += estimateValue(next.value, next.field, next.owner, next.within, 0, walk);
  const { audio, image, cacheWrite } = walk;
  return { tokens: Math.ceil(tokens), audio: Math.ceil(audio), image: Math.ceil(image), unknown: 0, cacheWrite };
}

export function estimateBodyTokens(body: unknown, scale: TokenScale): number {
  return weighBody(body, scale).tokens;
}

/** A request body with what it was weighed at: limits, hold and meter mostly ask by the same scale, and a long body is walked once. */
export class WeighedBody {
  readonly #json: unknown;
  #scale: TokenScale | undefined;
  #weight: InputWeight | undefined;

  constructor(json: unknown) {
    this.#json = json;
  }

  weightBy(scale: TokenScale): InputWeight {
    if (this.#weight === undefined || this.#scale !== scale) {
      this.#weight = weighBody(this.#json, scale);
      this.#scale = scale;
    }
    return this.#weight;
  }

  tokensBy(scale: TokenScale): number {
    return this.weightBy(scale).tokens;
  }
}

/** The request itself: numbers and switches in it are settings. What the vendor writes into the prompt comes on top. */
function estimateRoot(body: Readonly<Record<string, unknown>>, walk: Walk): number {
  const { tools } = body;
  const { scale } = walk;
  let tokens = 1 + scale.unseenInCall + (Array.isArray(tools) && tools.length > 0 ? scale.unseenWithTools : 0);
  for (const key in body) {
    const value = body[key];
    if ((typeof value === 'string' || typeof value === 'object') && !unreadFields.has(key))
      tokens += estimateValue(value, key, body, '', 1, walk);
  }
  return tokens;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param within the field that the owner itself stands in. */
function estimateValue(value: unknown, field: string, owner: object | undefined, within: string, depth: number, walk: Walk): number {
  const { scale } = walk;
  if (typeof value === 'string') return scale.field + estimateString(value, field, owner, within, walk);
  if (typeof value !== 'object' || value === null) return scale.field;
  if (depth === nestedCallsMax) {
    walk.deeper.push({ value, field, owner, within });
    return 0;
  }
  let tokens = scale.field;
  if (Array.isArray(value)) {
    for (const item of value) tokens += estimateValue(item, field, owner, within, depth + 1, walk);
    return tokens;
  }
  for (const key in value) tokens += estimateValue((value as Record<string, unknown>)[key], key, value, field, depth + 1, walk);
  return tokens;
}

function estimateString(text: string, field: string, owner: object | undefined, within: string, walk: Walk): number {
  const { scale } = walk;
  if (textFields.has(field)) return scale.tokensIn(text);
  if (marksCache(within)) walk.cacheWrite = text === longCacheWrite ? longCacheWrite : (walk.cacheWrite ?? '5m');
  const linkedType = field === 'url' ? linkHolders.get(within) : linkFields.get(field);
  if (linkedType !== undefined && addressStart.test(text)) return estimateLinkedMedia(wordsOf(owner, linkedType), scale, walk);
  if (text.length >= mediaCharactersMin && looksLikeMedia(text))
    return estimateInlineMedia(text, wordsOf(owner, soundHolders.get(within)), scale, walk);
  return scale.tokensIn(text);
}

/** Compared, not looked up: it is asked of nearly every string that is no text. */
function marksCache(field: string): boolean {
  return field === 'cache_control' || field === 'prompt_cache_breakpoint';
}

/** What stands beside a medium. */
function wordsOf(owner: object | undefined, usualType: string | undefined): MediaWords {
  const { mimeType, mime_type, media_type, detail } = (owner ?? {}) as Readonly<Record<string, unknown>>;
  const type = mimeType ?? mime_type ?? media_type;
  return { type: typeof type === 'string' ? type : usualType, detail: typeof detail === 'string' ? detail : undefined };
}

function looksLikeMedia(text: string): boolean {
  const start = base64Start.exec(text)?.[0];
  return (
    start !== undefined &&
    Buffer.byteLength(text) === text.length &&
    !textSeparators.some((separator) => text.includes(separator, start.length))
  );
}
