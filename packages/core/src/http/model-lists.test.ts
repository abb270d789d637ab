import type { ModelListing } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../modules/tokens/index.js';
import { ModelNotFoundError } from '../modules/models/index.js';
import { ModelLists } from './model-lists.js';
import { ServedDialects } from './served-dialects.js';
import { testDialect } from './testing/test-dialect.js';

function listing(shape: string, more: Partial<ModelListing> = {}): ModelListing {
  return {
    listPaths: ['/v1/models'],
    encodeList: (models) => ({ shape, models }),
    encodeOne: (model) => ({ shape, model }),
    ...more,
  };
}

const plain = testDialect('plain', { models: listing('plain') });
const marked = testDialect('marked', { models: listing('marked', { recognises: (headers) => headers['x-marked'] !== undefined }) });
const elsewhere = testDialect('elsewhere', { models: listing('elsewhere', { listPaths: ['/beta/models'], recognises: () => false }) });
const offered: Readonly<Record<string, readonly { name: string; owner: string }[]>> = {
  default: [
    { name: 'small', owner: 'here' },
    { name: 'vendor/large', owner: 'there' },
    { name: 'retired', owner: 'there' },
  ],
  vip: [
    { name: 'big', owner: 'vip' },
    { name: 'small', owner: 'vip' },
  ],
};
const known: Readonly<Record<string, { enabled: boolean; createdAt: number }>> = {
  small: { enabled: true, createdAt: 7 },
  retired: { enabled: false, createdAt: 8 },
};
const lists = new ModelLists({
  dialects: new ServedDialects([testDialect('silent', {}), marked, plain, elsewhere]),
  channels: { modelsFor: (group) => offered[group] ?? [] },
  groups: { allowedRoutes: ({ group }) => (group === 'auto' ? ['vip', 'default'] : [group]) },
  models: { find: (name) => (known[name] === undefined ? undefined : { name, price: undefined, ...known[name] }) as never },
});
const find = (path: string, headers: Readonly<Record<string, string>> = {}) => lists.find(path, headers, new URLSearchParams());
const caller = (more: Partial<Principal> = {}) => ({ group: 'default', ...more }) as Principal;
const small = { id: 'small', createdAt: 7, owner: 'here' };
const large = { id: 'vendor/large', createdAt: 0, owner: 'there' };

function answer(path: string, principal: Principal = caller(), headers: Readonly<Record<string, string>> = {}): unknown {
  const request = find(path, headers);
  if (request === undefined) throw new Error(`Nobody lists models at ${path}.`);
  return lists.answer(request, principal);
}

describe('model lists', () => {
  it('have the shape of the dialect that recognises its client, else of the one that needs no sign', () => {
    expect(find('/v1/models', { 'x-marked': '1' })?.dialect).toBe(marked);
    expect(find('/v1/models')?.dialect).toBe(plain);
    expect(find('/beta/models')?.dialect).toBe(elsewhere);
    expect(find('/v1/nothing')).toBeUndefined();
  });

  it('name what the channels offer to the group and nobody has switched off', () => {
    expect(answer('/v1/models')).toEqual({ shape: 'plain', models: [small, large] });
    expect(answer('/v1/models', caller({ group: 'nobody' }))).toEqual({ shape: 'plain', models: [] });
  });

  it('name what any group of an automatic choice offers, as the first one does', () => {
    const [big, first] = [
      { id: 'big', createdAt: 0, owner: 'vip' },
      { ...small, owner: 'vip' },
    ];
    expect(answer('/v1/models', caller({ group: 'auto' }))).toEqual({ shape: 'plain', models: [big, first, large] });
  });

  it('are limited to what the token may use', () => {
    expect(answer('/v1/models', caller({ models: new Set(['small', 'retired']) }))).toEqual({ shape: 'plain', models: [small] });
  });

  it.each(['/v1/models/vendor/large', '/v1/models/vendor%2Flarge'])('show one model at %s', (path) => {
    expect(answer(path)).toEqual({ shape: 'plain', model: large });
  });

  it.each([
    ['unknown', {}],
    ['retired', {}],
    ['small', { models: new Set(['vendor/large']) }],
  ])('know no %s for %o', (model, more) => {
    expect(() => answer(`/v1/models/${model}`, caller(more))).toThrow(ModelNotFoundError);
  });

  it('are not asked for a model whose name is no text', () => {
    expect(find('/v1/models/%FF')).toBeUndefined();
  });
});
