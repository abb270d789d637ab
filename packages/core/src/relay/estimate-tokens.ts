import { estimateInlineMedia, estimateLinkedMedia, type MediaWords } from './estimate-media.js';
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

/**
 * Tokens of a parsed request body, estimated over all its texts, whatever the dialect. Base64 counts as one medium, unless it stands where a
 * dialect has text: otherwise a text that begins like base64 would be held as next to nothing. Media are weighed without being fetched.
 */
export function estimateBodyTokens(body: unknown, scale: TokenScale): number {
  const deeper: Placed[] = [];
  let tokens = isRecord(body) ? estimateRoot(body, deeper, scale) : estimateValue(body, '', undefined, '', 0, deeper, scale);
  for (let next = deeper.pop(); next !== undefined; next = deeper.pop())
    tokens += estimateValue(next.value, next.field, next.owner, next.within, 0, deeper, scale);
  return Math.ceil(tokens);
}

/** A request body with the tokens it was weighed at: limits, hold and meter mostly ask by the same scale, and a long body is walked once. */
export class WeighedBody {
  readonly #json: unknown;
  #scale: TokenScale | undefined;
  #tokens = 0;

  constructor(json: unknown) {
    this.#json = json;
  }

  tokensBy(scale: TokenScale): number {
    if (this.#scale !== scale) {
      this.#tokens = estimateBodyTokens(this.#json, scale);
      this.#scale = scale;
    }
    return this.#tokens;
  }
}

/** The request itself: numbers and switches in it are settings. What the vendor writes into the prompt comes on top. */
function estimateRoot(body: Readonly<Record<string, unknown>>, deeper: Placed[], scale: TokenScale): number {
  const { tools } = body;
  let tokens = 1 + scale.unseenInCall + (Array.isArray(tools) && tools.length > 0 ? scale.unseenWithTools : 0);
  for (const key in body) {
    const value = body[key];
    if ((typeof value === 'string' || typeof value === 'object') && !unreadFields.has(key))
      tokens += estimateValue(value, key, body, '', 1, deeper, scale);
  }
  return tokens;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param within the field that the owner itself stands in. */
function estimateValue(
  value: unknown,
  field: string,
  owner: object | undefined,
  within: string,
  depth: number,
  deeper: Placed[],
  scale: TokenScale,
): number {
  if (typeof value === 'string') return scale.field + estimateString(value, field, owner, within, scale);
  if (typeof value !== 'object' || value === null) return scale.field;
  if (depth === nestedCallsMax) {
    deeper.push({ value, field, owner, within });
    return 0;
  }
  let tokens = scale.field;
  if (Array.isArray(value)) {
    for (const item of value) tokens += estimateValue(item, field, owner, within, depth + 1, deeper, scale);
    return tokens;
  }
  for (const key in value) tokens += estimateValue((value as Record<string, unknown>)[key], key, value, field, depth + 1, deeper, scale);
  return tokens;
}

function estimateString(text: string, field: string, owner: object | undefined, within: string, scale: TokenScale): number {
  if (textFields.has(field)) return scale.tokensIn(text);
  const linkedType = field === 'url' ? linkHolders.get(within) : linkFields.get(field);
  if (linkedType !== undefined && addressStart.test(text)) return estimateLinkedMedia(wordsOf(owner, linkedType), scale);
  if (text.length >= mediaCharactersMin && looksLikeMedia(text)) return estimateInlineMedia(text, wordsOf(owner, undefined), scale);
  return scale.tokensIn(text);
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
