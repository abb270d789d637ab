import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Caller, PermissionDeniedError, permissionsOfApiKeys, permissionsOfRoles } from '../../modules/access/index.js';
import { defineEndpoint, InvalidParameterError } from './endpoint.js';

const caller: Caller = { userId: 'u1', permissions: permissionsOfApiKeys };
const rename = defineEndpoint({
  method: 'PUT',
  path: '/api/things/:id',
  title: 'Renames a thing',
  permission: 'account.read',
  params: z.strictObject({ id: z.string().max(5) }),
  query: z.strictObject({ times: z.coerce.number('Use a number.').default(1) }),
  body: z.strictObject({ name: z.strictObject({ first: z.string().min(1, 'Must not be empty.') }) }),
  response: z.object({ owner: z.string(), id: z.string(), name: z.string(), times: z.number() }),
  handle: async ({ caller: { userId }, params: { id }, query: { times }, body: { name } }) => ({
    owner: userId,
    id,
    name: name.first,
    times,
    internal: 'for nobody',
  }),
});
const origin = { requestId: 'req_1', clientAddress: '192.0.2.1' };
const good = { ...origin, caller, params: { id: 'a' }, query: {}, body: { name: { first: 'Ann' } } };

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

  it('is closed to callers without its permission', async () => {
    const correct = defineEndpoint({
      method: 'POST',
      path: '/api/corrections',
      title: 'Corrects a balance',
      permission: 'pricing.sync',
      response: z.object({ by: z.string() }),
      handle: async ({ caller: { userId } }) => ({ by: userId }),
    });
    const asking = (permissions: Caller['permissions']) =>
      correct.run({ ...origin, caller: { userId: 'u1', permissions }, params: {}, query: {} });
    for (const few of [permissionsOfApiKeys, permissionsOfRoles.user, permissionsOfRoles.admin])
      await expect(asking(few)).rejects.toThrow(PermissionDeniedError);
    expect(await asking(permissionsOfRoles.root)).toEqual({ by: 'u1' });
    await expect(correct.run({ ...origin, caller: undefined, params: {}, query: {} })).rejects.toThrow(PermissionDeniedError);
  });

  it('asks nobody who they are where it is public', async () => {
    const open = defineEndpoint({
      method: 'GET',
      path: '/api/open',
      title: 'For everybody',
      permission: 'public',
      response: z.object({ caller: z.undefined() }),
      handle: async ({ caller: nobody }) => ({ caller: nobody }),
    });
    expect(await open.run({ ...origin, caller: undefined, params: {}, query: {} })).toEqual({ caller: undefined });
  });

  it('names all that is wrong, and refuses what no database holds or no stack can walk through', async () => {
    const refusal = (name: unknown) => rename.run({ ...good, body: { name } }).catch((error: unknown) => error);
    expect(await refusal({ first: '', last: 'B' })).toMatchObject({ problems: [{ field: 'name.first' }, { field: 'name.last' }] });
    expect(await refusal({ first: 'A\0' })).toMatchObject({ field: 'name.first', message: expect.stringContaining('NUL') as string });
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(await refusal(deep)).toMatchObject({ field: 'name', message: expect.stringContaining('too deeply') as string });
  });

  it('says who is remembered for a change', async () => {
    const change = defineEndpoint({
      method: 'POST',
      path: '/api/changes',
      title: 'Changes something',
      permission: 'account.read',
      response: z.record(z.string(), z.unknown()),
      handle: async ({ author }) => ({ ...author }),
    });
    expect(await change.run({ ...good, params: {}, caller: { ...caller, accessTokenId: 't1' } })).toEqual({
      kind: 'api',
      userId: 'u1',
      accessTokenId: 't1',
      ...origin,
    });
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
    expect(await bare.run({ ...origin, caller, params: {}, query: {}, body: { ignored: true } })).toEqual({ body: undefined });
    await expect(bare.run({ ...origin, caller, params: {}, query: { verbose: '1' } })).rejects.toThrow(
      'verbose: There is no such parameter.',
    );
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
    await expect(wrong.run({ ...origin, caller, params: {}, query: {} })).rejects.toThrow(z.ZodError);
  });

  it('must declare the parameters of its path', () => {
    const declared = { method: 'GET', title: '', permission: 'account.read', response: z.object({}), handle: async () => ({}) } as const;
    expect(() => defineEndpoint({ ...declared, path: '/api/things/:id' })).toThrow(TypeError);
    expect(() => defineEndpoint({ ...declared, path: '/api/things', params: z.strictObject({ id: z.string() }) })).toThrow(TypeError);
  });
});
