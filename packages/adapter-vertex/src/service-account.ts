import { createHash, sign } from 'node:crypto';
import { z } from '@tollgate/plugin-kit';

const scope = 'https://www.googleapis.com/auth/cloud-platform';
const lifetimeSeconds = 3_600;

const keyFile = z.object({
  project_id: z.string().optional(),
  private_key_id: z.string().optional(),
  private_key: z.string().min(1),
  client_email: z.string().min(1),
  token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
});

/** What the key file of a service account says. */
export type ServiceAccount = z.output<typeof keyFile>;

/** The account in the text of its key file; undefined if it is none. */
export function readServiceAccount(text: string): ServiceAccount | undefined {
  try {
    return keyFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Tells accounts apart without showing them. */
export function fingerprintOf({ client_email: email, private_key: key, token_uri: place }: ServiceAccount): string {
  return createHash('sha256')
    .update(JSON.stringify([email, key, place]))
    .digest('base64url');
}

/**
 * The statement for which Google gives a token (guide "Using OAuth 2.0 for Server to Server Applications").
 * @param now milliseconds since 1970
 * @throws Error if the private key is none.
 */
export function signedStatement(account: ServiceAccount, now: number): string {
  const issuedAt = Math.floor(now / 1_000);
  const header = { alg: 'RS256', typ: 'JWT', ...(account.private_key_id === undefined ? {} : { kid: account.private_key_id }) };
  const claims = { iss: account.client_email, scope, aud: account.token_uri, iat: issuedAt, exp: issuedAt + lifetimeSeconds };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('sha256', Buffer.from(text), account.private_key).toString('base64url')}`;
}
