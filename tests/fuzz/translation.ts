import type { CanonicalRequest, CodecContext, Frame, JsonObject, Loss } from '@tollgate/plugin-kit';
import type { ServedDialect } from '../relay/dialects.js';

export const fuzzModel = 'some-model';

export interface FuzzContext extends CodecContext {
  readonly losses: readonly Loss[];
}

export function fuzzContext(): FuzzContext {
  const losses: Loss[] = [];
  let ids = 0;
  return {
    losses,
    lose: (loss) => void losses.push(loss),
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    now: () => 1_764_000_000_500,
    model: { id: fuzzModel },
  };
}

/** A streamed request, with tools of both kinds. */
export const streamedRequest: CanonicalRequest = {
  model: fuzzModel,
  stream: true,
  usageInStream: true,
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }],
  tools: [{ name: 'weather', parameters: { type: 'object', properties: {} } }],
};

/** Collects what an encoder writes. */
export function frameCollector(): { readonly frames: Frame[]; frame(data: string, event?: string): void } {
  const frames: Frame[] = [];
  return { frames, frame: (data, event) => void frames.push(event === undefined ? { data } : { data, event }) };
}

export function wireJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

export function targetOf(dialect: ServedDialect, stream: boolean): Parameters<ServedDialect['client']['inspect']>[1] {
  const route = dialect.client.routes.find((known) => known.stream === undefined || known.stream === stream) ?? { path: '' };
  return { route, pathModel: fuzzModel, query: new URLSearchParams(stream ? 'alt=sse' : '') };
}

/** A client's request, as the gateway reads it. @throws BadRequestError */
export function read(dialect: ServedDialect, body: JsonObject, context: CodecContext): CanonicalRequest {
  return dialect.client.decodeRequest(body, dialect.client.inspect(body, targetOf(dialect, body['stream'] === true)), context);
}
