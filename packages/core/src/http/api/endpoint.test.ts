import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Principal } from '../../modules/tokens/index.js';
import { defineEndpoint, InvalidParameterError } from './endpoint.js';

const principal = { userId: 'u1' } as Principal;
const rename = defineEndpoint({
  method: 'PUT',
  path: '/api/things/:id',
  title: 'Renames a thing',
  permission: 'account.read',
  params: z.strictObject({ id: z.string().max(5) }),
  query: z.strictObject({ times: z.coerce.number('Use a number.').default(1) }),
  body: z.strictObject({ name: z.strictObject({ first: z.string().min(1, 'Must not be empty.') }) }),
  response: z.object({ owner: z.string(), id: z.string(), name: z.string(), times: z.number() }),
  handle: async ({ principal: { userId }, params: { id }, query: { times }, body: { name } }) => ({
    owner: userId,
    id,
    name: name.first,
    times,
    internal: 'for nobody',
  }),
});
const good = { principal, params: { id: 'a' }, query: {}, body: { name: { first: 'Ann' } } };

describe('endpoint', () => {
  it('is run with what its schemas make of the request, and answers what it declares', async () => {
    expect(await rename.run(good)).toEqual({ owner: 'u1', id: 'a', name: 'Ann', times: 1 });
    expect(await rename.run({ ...good, query: { times: '3' } })).toMatchObject({ times: 3 });
  });

  it.each([
    [{ params: { id: 'too long' } }, 'id'],
    [{ query: { times: 'x' } }, 'times'],
    [{ query: { often: '3' } }, 'often'],
    [{ body: { name: { first: '' } } }, 'name.first'],
    [{ body: { name: { first: 'Ann', last: 'B' } } }, 'name.last'],
  ])('refuses %j by the name %s', async (wrong, field) => {
    const refusal = await rename.run({ ...good, ...wrong }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidParameterError);
    expect(refusal).toMatchObject({ status: 400, field, message: expect.stringMatching(`^${field}: .*\\.?$`) as string });
  });

  it('refuses a body that is missing', async () => {
    await expect(rename.run({ ...good, body: undefined })).rejects.toThrow(InvalidParameterError);
  });

  it('takes nothing that it does not declare', async () => {
    const bare = defineEndpoint({
      method: 'GET',
      path: '/api/bare',
      title: 'Nothing',
      permission: 'account.read',
      response: z.object({ body: z.undefined() }),
      handle: async ({ body }) => ({ body }),
    });
    expect(bare.body).toBeUndefined();
    expect(await bare.run({ principal, params: {}, query: {}, body: { ignored: true } })).toEqual({ body: undefined });
    await expect(bare.run({ principal, params: {}, query: { verbose: '1' } })).rejects.toThrow('verbose: There is no such parameter.');
  });

  it('never sends what breaks its own declaration', async () => {
    const wrong = defineEndpoint({
      method: 'GET',
      path: '/api/wrong',
      title: 'Wrong',
      permission: 'account.read',
      response: z.object({ at: z.iso.datetime() }),
      handle: async () => ({ at: 'yesterday' }),
    });
    await expect(wrong.run({ principal, params: {}, query: {} })).rejects.toThrow(z.ZodError);
  });

  it('must declare the parameters of its path', () => {
    const declared = { method: 'GET', title: '', permission: 'account.read', response: z.object({}), handle: async () => ({}) } as const;
    expect(() => defineEndpoint({ ...declared, path: '/api/things/:id' })).toThrow(TypeError);
    expect(() => defineEndpoint({ ...declared, path: '/api/things', params: z.strictObject({ id: z.string() }) })).toThrow(TypeError);
  });
});
