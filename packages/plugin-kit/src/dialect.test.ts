import { describe, expect, it } from 'vitest';
import type { CanonicalRequest, JsonObject } from './canonical.js';
import { checkedSink } from './conformance/checked-sink.js';
import { type ClientSide, type CodecContext, type Dialect, extendDialect, type FrameDecoder, type UpstreamSide } from './dialect.js';
import type { CanonicalSink } from './sink.js';
import { emptyUsage, type Usage } from './usage.js';

const base: Dialect = {
  id: 'base',
  wire: 'base-wire',
  vendor: 'acme',
  framing: 'sse',
  usage: { needles: ['"usage":{'], keep: 'last', read: () => undefined },
  upstream: {} as UpstreamSide,
  client: {} as ClientSide,
};

function readTokens(json: unknown, into: Partial<Usage>): void {
  const { tokens } = json as { tokens?: number };
  if (tokens !== undefined) into.outputText = tokens;
}

/** A decoder that starts with its first frame and reads usage wrongly. */
function lineDecoder(out: CanonicalSink, _context: CodecContext, editFrame?: (frame: JsonObject) => void): FrameDecoder {
  let isStarted = false;
  return {
    frame(data) {
      editFrame?.(JSON.parse(data) as JsonObject);
      if (!isStarted) out.start('1', 'm');
      isStarted = true;
      out.usage({ outputText: 99 });
    },
    end: () => out.stop('end'),
  };
}

describe('extendDialect', () => {
  it('faces upstreams only and keeps what it does not change', () => {
    const extended = extendDialect(base, { id: 'moon' });
    expect(extended).toMatchObject({ id: 'moon', wire: 'base-wire', vendor: 'acme', framing: 'sse', usage: base.usage });
    expect(extended.upstream).toBe(base.upstream);
    expect(extended).not.toHaveProperty('client');
    expect(extended).not.toHaveProperty('edits');
  });

  it('is asked for models by the same names, with a usage reader of its own, too', () => {
    const upstream = { thinkingInNames: {} } as unknown as UpstreamSide;
    const extended = extendDialect({ ...base, upstream }, { id: 'moon', usage: { read: readTokens } });
    expect(extended.upstream.thinkingInNames).toBe(upstream.thinkingInNames);
  });

  it('replaces single functions of the usage reader', () => {
    const read = (): void => undefined;
    expect(extendDialect(base, { id: 'moon', usage: { read } }).usage).toEqual({ needles: ['"usage":{'], keep: 'last', read });
  });

  it('states usage by its own reader in whole answers', () => {
    const upstream = {
      decodeResponse: () => ({ id: '1', model: 'm', blocks: [], stop: 'end', usage: { ...emptyUsage(), outputText: 99 } }),
    } as unknown as UpstreamSide;
    const extended = extendDialect({ ...base, upstream }, { id: 'moon', usage: { read: readTokens } });
    expect(extended.upstream.decodeResponse({ tokens: 5 }, {} as CodecContext).usage).toEqual({ ...emptyUsage(), outputText: 5 });
  });

  it('states usage by its own reader in streams, after the start and after the edit', () => {
    const upstream = { streamDecoder: lineDecoder } as unknown as UpstreamSide;
    const extended = extendDialect({ ...base, upstream }, { id: 'moon', usage: { read: readTokens } });
    const sink = checkedSink();
    const decoder = extended.upstream.streamDecoder(sink, {} as CodecContext, (frame) => {
      if (typeof frame['tokens'] === 'number') frame['tokens'] *= 10;
    });
    for (const frame of ['{"tokens":1}', '{}', '{"tokens":7}']) decoder.frame(frame, undefined);
    decoder.end('done');
    expect(sink.calls.filter(([method]) => method === 'usage')).toEqual([
      ['usage', { outputText: 10 }],
      ['usage', { outputText: 70 }],
    ]);
  });

  it('may want the bytes of media that the dialect it extends would open itself', () => {
    const media = { media: 'image', url: 'https://a.example/a.png' } as const;
    const needsBytes = ({ url }: { readonly url: string }): boolean => url.endsWith('.png');
    const upstream = { needsBytes: () => false, encodeRequest: () => ({ model: 'm' }) } as unknown as UpstreamSide;
    const kept = extendDialect({ ...base, upstream }, { id: 'moon', usage: { read: readTokens } });
    const changed = extendDialect({ ...base, upstream }, { id: 'moon', needsBytes, usage: { read: readTokens } });
    expect([kept, changed].map((dialect) => dialect.upstream.needsBytes?.(media))).toEqual([false, true]);
    expect(changed.upstream.encodeRequest({} as CanonicalRequest, {} as CodecContext)).toEqual({ model: 'm' });
  });

  it('adds its edits to those of the dialect it extends', () => {
    const request = (): void => undefined;
    const frame = (): void => undefined;
    const first = extendDialect(base, { id: 'moon', edits: { request } });
    expect(extendDialect(first, { id: 'moonlet', vendor: 'moon', edits: { frame } })).toMatchObject({
      vendor: 'moon',
      edits: { request, frame },
    });
  });
});
