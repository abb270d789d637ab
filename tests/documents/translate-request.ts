import type { Block, CanonicalRequest, CodecContext, Dialect, JsonObject, Loss, MediaBlock } from '@tollgate/plugin-kit';
import type { ServedDialect } from '../relay/dialects.js';

export interface RecordingContext extends CodecContext {
  readonly losses: Loss[];
}

export const unknownModel = 'some-model';

/** The model is one that nobody knows: no rule of a model family applies, only those of the dialects. */
export function recordingContext(): RecordingContext {
  let ids = 0;
  const losses: Loss[] = [];
  return {
    losses,
    lose: (loss) => losses.push(loss),
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    now: () => 0,
    model: { id: unknownModel },
  };
}

/** The request as a client of the dialect writes it; undefined if it loses anything in being written. */
export function written(dialect: ServedDialect, request: CanonicalRequest): JsonObject | undefined {
  const context = recordingContext();
  const body = dialect.upstream.encodeRequest(request, context);
  return context.losses.length === 0 ? body : undefined;
}

export function decoded(dialect: ServedDialect, body: JsonObject, context: CodecContext): CanonicalRequest {
  const target = { route: dialect.client.routes[0] ?? { path: '' }, pathModel: unknownModel, query: new URLSearchParams() };
  return dialect.client.decodeRequest(body, dialect.client.inspect(body, target), context);
}

/** One request on its way from a client's dialect to an upstream's. */
export interface CarriedRequest {
  readonly losses: readonly Loss[];
  /** As the gateway understood it. */
  readonly before: CanonicalRequest;
  /** As it goes to the upstream. */
  readonly body: JsonObject;
}

export interface TranslatedRequest extends CarriedRequest {
  /** As a server of the upstream's dialect understands it. */
  readonly after: CanonicalRequest;
}

/** Undefined where the client's dialect cannot ask for it. */
export function carried(request: CanonicalRequest, from: ServedDialect, to: Dialect): CarriedRequest | undefined {
  const asked = written(from, request);
  if (asked === undefined) return undefined;
  const context = recordingContext();
  const before = { ...withMediaBytes(decoded(from, asked, context), to), model: unknownModel };
  return { losses: context.losses, before, body: to.upstream.encodeRequest(before, context) };
}

/** The same, with what a server makes of it. */
export function translated(request: CanonicalRequest, from: ServedDialect, to: ServedDialect): TranslatedRequest | undefined {
  const carriage = carried(request, from, to);
  return carriage === undefined ? undefined : { ...carriage, after: decoded(to, carriage.body, recordingContext()) };
}

const fetchedTypes: Readonly<Record<MediaBlock['media'], string>> = {
  image: 'image/png',
  audio: 'audio/wav',
  video: 'video/mp4',
  file: 'application/pdf',
};

/** What the gateway does before it translates: media are fetched for upstreams that take only bytes. */
function withMediaBytes(request: CanonicalRequest, { upstream }: Dialect): CanonicalRequest {
  const fetched = (block: Block): Block => {
    if (block.type !== 'media' || !('url' in block.source)) return block;
    const { media, source, mimeType = fetchedTypes[media] } = block;
    return upstream.needsBytes?.({ media, ...source }) === true ? { ...block, mimeType, source: { base64: 'AAAA' } } : block;
  };
  return { ...request, turns: request.turns.map((turn) => ({ ...turn, blocks: turn.blocks.map(fetched) })) };
}
