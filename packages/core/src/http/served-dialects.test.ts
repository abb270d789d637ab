import type { Dialect } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { decodedPart, ServedDialects } from './served-dialects.js';
import { testDialect } from './testing/test-dialect.js';

const exact = testDialect('exact', { routes: [{ path: '/v1/talk' }], pathPrefixes: ['/v1'] });
const inPath = testDialect('in-path', {
  routes: [{ path: '/v1/models/{model}:talk' }, { path: '/v1/models/{model}:stream', stream: true }],
  pathPrefixes: ['/v1/models'],
});
const upstreamOnly = { id: 'upstream-only' } as unknown as Dialect;
const dialects = new ServedDialects([exact, inPath, upstreamOnly]);

describe('served dialects', () => {
  it('are those that clients can speak', () => {
    expect(dialects.all).toEqual([exact, inPath]);
  });

  it('are found by path', () => {
    expect(dialects.routeOf('/v1/talk')).toEqual({ dialect: exact, route: { path: '/v1/talk' } });
    expect(dialects.routeOf('/v1/talk/')).toBeUndefined();
    expect(dialects.routeOf('/v1/models/a')).toBeUndefined();
  });

  it.each([
    ['/v1/models/a-1.5:talk', 'a-1.5'],
    ['/v1/models/vendor%2Fa:talk', 'vendor/a'],
    ['/v1/models/vendor/a:talk', 'vendor/a'],
    ['/v1/models/a:b:talk', 'a:b'],
  ])('read the model out of %s', (path, model) => {
    expect(dialects.routeOf(path)).toMatchObject({ dialect: inPath, pathModel: model });
  });

  it('tell one operation on a model from another', () => {
    expect(dialects.routeOf('/v1/models/a:stream')?.route.stream).toBe(true);
    expect(dialects.routeOf('/v1/models/a:talk')?.route.stream).toBeUndefined();
    expect(dialects.routeOf('/v1/models/a:sing')).toBeUndefined();
  });

  it.each(['/v1/models/:talk', '/v1/models/%FF:talk'])('do not take %s for a model', (path) => {
    expect(dialects.routeOf(path)).toBeUndefined();
  });

  it('lend their error shape to paths below theirs, the nearest first', () => {
    expect(dialects.dialectOf('/v1/nothing')).toBe(exact);
    expect(dialects.dialectOf('/v1/models/a:nothing')).toBe(inPath);
    expect(dialects.dialectOf('/elsewhere')).toBeUndefined();
  });
});

describe('part of a path', () => {
  it('is decoded, or undefined where it is no text', () => {
    expect(decodedPart('a%20b')).toBe('a b');
    expect(decodedPart('%')).toBeUndefined();
  });
});
