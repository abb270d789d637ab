import type { ResourceRoute } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { ResourcePaths } from './resource-paths.js';
import { testDialect } from './testing/test-dialect.js';

const reach = { does: 'reach', kind: 'test.thing' } as const;
const routes: readonly ResourceRoute[] = [
  { ...reach, method: 'GET', path: '/v1/things/{id}' },
  { ...reach, method: 'GET', path: '/v1/things/{id}/parts/{part}' },
  { ...reach, method: 'POST', path: '/v1/things', withQuery: 'upload', idInQuery: 'upload' },
  { does: 'make', method: 'POST', path: '/v1/things', kept: () => [] },
];

describe('paths of resources', () => {
  const paths = new ResourcePaths([testDialect('plain', {}), testDialect('keeping', { resources: routes })]);
  const found = (method: string, path: string, query = '') => paths.find(method, path, new URLSearchParams(query));

  it('are found by method and parts', () => {
    expect(found('GET', '/v1/things/t1')).toMatchObject({ id: 't1', path: '/v1/things/t1', dialect: { id: 'keeping' } });
    expect(found('GET', '/v1/things/t1/parts/p1')).toMatchObject({ id: 't1', path: '/v1/things/t1/parts/p1' });
    for (const [method, path] of [
      ['DELETE', '/v1/things/t1'],
      ['GET', '/v1/things'],
      ['GET', '/v1/things/t1/parts'],
      ['GET', '/v1/things/'],
    ] as const) {
      expect(found(method, path), `${method} ${path}`).toBeUndefined();
    }
  });

  it('differ by a parameter of the query', () => {
    expect(found('POST', '/v1/things')).toMatchObject({ id: undefined, route: { does: 'make' } });
    expect(found('POST', '/v1/things', 'upload=u1')).toMatchObject({ id: 'u1', route: { does: 'reach' } });
  });

  it('cannot be used to climb to other paths of the upstream', () => {
    expect(found('GET', '/v1/things/a%2F..%2Fb')?.path).toBe('/v1/things/a%2F..%2Fb');
    expect(found('GET', '/v1/things/a%3Fadmin')?.path).toBe('/v1/things/a%3Fadmin');
    for (const part of ['..', '.', '%2e%2e', '%E0%A4%A']) expect(found('GET', `/v1/things/t1/parts/${part}`), part).toBeUndefined();
  });
});
