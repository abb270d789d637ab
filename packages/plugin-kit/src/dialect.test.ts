import { describe, expect, it } from 'vitest';
import { type ClientSide, type Dialect, extendDialect, type UpstreamSide } from './dialect.js';

const base: Dialect = {
  id: 'base',
  wire: 'base-wire',
  vendor: 'acme',
  framing: 'sse',
  usage: { needles: ['"usage":{'], keep: 'last', read: () => undefined },
  upstream: {} as UpstreamSide,
  client: {} as ClientSide,
};

describe('extendDialect', () => {
  it('faces upstreams only and keeps what it does not change', () => {
    const extended = extendDialect(base, { id: 'moon' });
    expect(extended).toMatchObject({ id: 'moon', wire: 'base-wire', vendor: 'acme', framing: 'sse', usage: base.usage });
    expect(extended.upstream).toBe(base.upstream);
    expect(extended).not.toHaveProperty('client');
    expect(extended).not.toHaveProperty('edits');
  });

  it('replaces single functions of the usage reader', () => {
    const read = (): void => undefined;
    expect(extendDialect(base, { id: 'moon', usage: { read } }).usage).toEqual({ needles: ['"usage":{'], keep: 'last', read });
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
