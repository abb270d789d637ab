import { generateKeyPairSync, verify } from 'node:crypto';
import { type PluginIo, UpstreamError, type WireRequest } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { AccessTokens } from './access-tokens.js';
import { readServiceAccount, type ServiceAccount } from './service-account.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

function accountOf(fields: object = {}): ServiceAccount {
  const file = { private_key: privateKey, private_key_id: 'key-1', client_email: 'a@p.example', project_id: 'p', ...fields };
  const account = readServiceAccount(JSON.stringify(file));
  if (account === undefined) throw new Error('It is no account.');
  return account;
}

/** Google as far as it gives tokens, and a clock. */
function place(answers: readonly (() => { readonly status: number; readonly body: unknown })[]) {
  const asked: WireRequest[] = [];
  const clock = { now: 1_700_000_000_000 };
  const fetch: PluginIo['fetch'] = async (request) => {
    const answer = answers[asked.push(request) - 1] ?? answers.at(-1);
    await Promise.resolve();
    const { status, body } = answer?.() ?? { status: 500, body: {} };
    return { status, headers: new Map(), text: async () => JSON.stringify(body), json: async () => body };
  };
  const kept = new AccessTokens(() => clock.now);
  const tokens = {
    tokenFor: async (account: ServiceAccount) => kept.tokenFor(account, { fetch }),
    forget: (account: ServiceAccount, token: string) => kept.forget(account, token),
  };
  return { asked, clock, tokens };
}

const given = (token: string) => () => ({ status: 200, body: { access_token: token, expires_in: 3_600, token_type: 'Bearer' } });
const failing = (status: number) => () => ({ status, body: { error: 'invalid_grant' } });
const verdictOf = async (promise: Promise<string>): Promise<unknown> =>
  promise.then(
    () => 'a token',
    (error: unknown) => (UpstreamError.isInstance(error) ? error.verdict : error),
  );
const minute = 60_000;

describe('an access token', () => {
  it('is given for a statement that the account has signed', async () => {
    const { tokens, asked, clock } = place([given('one')]);
    expect(await tokens.tokenFor(accountOf())).toBe('one');
    expect(asked[0]).toMatchObject({ method: 'POST', url: 'https://oauth2.googleapis.com/token' });
    const form = new URLSearchParams(String(asked[0]?.body));
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [header = '', claims = '', signature = ''] = form.get('assertion')?.split('.') ?? [];
    expect(verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' });
    const seconds = clock.now / 1_000;
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      iss: 'a@p.example',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: 'https://oauth2.googleapis.com/token',
      iat: seconds,
      exp: seconds + 3_600,
    });
  });

  it('is fetched once for all who wait, and once for each account', async () => {
    const { tokens, asked } = place([given('one'), given('two')]);
    const waiting = Array.from({ length: 20 }, () => tokens.tokenFor(accountOf()));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['one']));
    expect(await tokens.tokenFor(accountOf({ client_email: 'b@p.example' }))).toBe('two');
    expect(asked).toHaveLength(2);
  });

  it('is fetched anew before it ends, while calls go on with the old one', async () => {
    const { tokens, asked, clock } = place([given('one'), given('two')]);
    await tokens.tokenFor(accountOf());
    clock.now += 54 * minute;
    expect(await tokens.tokenFor(accountOf())).toBe('one');
    expect(asked).toHaveLength(1);
    clock.now += 2 * minute;
    expect(await Promise.all([tokens.tokenFor(accountOf()), tokens.tokenFor(accountOf())])).toEqual(['one', 'one']);
    await new Promise(setImmediate);
    expect(await tokens.tokenFor(accountOf())).toBe('two');
    expect(asked).toHaveLength(2);
  });

  it('that has ended is waited for', async () => {
    const { tokens, clock } = place([given('one'), given('two')]);
    await tokens.tokenFor(accountOf());
    clock.now += 60 * minute;
    expect(await tokens.tokenFor(accountOf())).toBe('two');
  });

  it('that cannot be fetched anew is used to its end, and asked for in peace', async () => {
    const { tokens, asked, clock } = place([given('one'), failing(503)]);
    await tokens.tokenFor(accountOf());
    clock.now += 56 * minute;
    for (let call = 0; call < 5; call += 1) {
      expect(await tokens.tokenFor(accountOf())).toBe('one');
      await new Promise(setImmediate);
    }
    expect(asked).toHaveLength(2);
    clock.now += 4 * minute;
    expect(await verdictOf(tokens.tokenFor(accountOf()))).toMatchObject({ kind: 'network', scope: 'channel' });
  });

  it('that is refused says something about the key, one that cannot be had about the place', async () => {
    expect(await verdictOf(place([failing(400)]).tokens.tokenFor(accountOf()))).toMatchObject({ kind: 'authentication', scope: 'key' });
    expect(await verdictOf(place([failing(500)]).tokens.tokenFor(accountOf()))).toMatchObject({ kind: 'network', scope: 'channel' });
    const broken = accountOf({ private_key: 'none' });
    expect(await verdictOf(place([given('one')]).tokens.tokenFor(broken))).toMatchObject({ kind: 'authentication', scope: 'key' });
  });

  it('that the place refuses is forgotten, but not the one that came after it', async () => {
    const { tokens, asked } = place([given('one'), given('two'), given('three')]);
    await tokens.tokenFor(accountOf());
    tokens.forget(accountOf(), 'one');
    expect(await tokens.tokenFor(accountOf())).toBe('two');
    tokens.forget(accountOf(), 'one');
    expect(await tokens.tokenFor(accountOf())).toBe('two');
    expect(asked).toHaveLength(2);
  });

  it('is asked for again after a failure', async () => {
    const { tokens } = place([failing(500), given('one')]);
    await verdictOf(tokens.tokenFor(accountOf()));
    expect(await tokens.tokenFor(accountOf())).toBe('one');
  });
});
