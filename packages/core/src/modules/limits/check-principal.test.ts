import { describe, expect, it } from 'vitest';
import { AddressList, type Principal } from '../tokens/index.js';
import { checkPrincipal } from './check-principal.js';

const principal: Principal = {
  tokenId: 't',
  tokenName: 'dev',
  userId: 'u',
  group: 'default',
  userGroup: 'default',
  tokenEnabled: true,
  userEnabled: true,
};
const call = { model: 'm', clientIp: '10.0.0.1', now: 1_000 };

describe('principal', () => {
  it('without restrictions may do everything', () => {
    expect(() => checkPrincipal(principal, call)).not.toThrow();
  });

  it('may do what its restrictions allow', () => {
    const restricted = { ...principal, models: new Set(['m']), allowedIps: new AddressList(['10.0.0.0/8']), expiresAt: 1_001 };
    expect(() => checkPrincipal(restricted, call)).not.toThrow();
    expect(() => checkPrincipal(restricted, { clientIp: '::ffff:10.0.0.1', now: 1_000 })).not.toThrow();
  });

  it.each([
    { change: { tokenEnabled: false }, status: 401, code: 'token_disabled' },
    { change: { expiresAt: 1_000 }, status: 401, code: 'token_expired' },
    { change: { userEnabled: false }, status: 403, code: 'user_disabled' },
    { change: { allowedIps: new AddressList(['192.168.0.0/16']) }, status: 403, code: 'ip_not_allowed' },
    { change: { models: new Set(['other']) }, status: 403, code: 'model_not_allowed' },
    { change: { models: new Set<string>() }, status: 403, code: 'model_not_allowed' },
  ])('is refused as $code', ({ change, status, code }) => {
    expect(() => checkPrincipal({ ...principal, ...change }, call)).toThrow(expect.objectContaining({ status, code }));
  });
});
