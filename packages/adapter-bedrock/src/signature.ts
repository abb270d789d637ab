import { createHash, createHmac } from 'node:crypto';
import type { WireRequest } from '@tollgate/plugin-kit';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that were lent for some hours. */
  readonly sessionToken?: string | undefined;
}

/** What a signature holds for besides the request. */
export interface SignatureScope {
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * The headers that sign a request by version 4 of AWS's signatures, for services other than S3 (IAM user guide, "Create a signed AWS API
 * request"). All headers of the request are signed.
 */
export function signatureHeaders(
  { method, url, headers, body }: WireRequest,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  { region, service, now }: SignatureScope,
): Readonly<Record<string, string>> {
  const { host, pathname, searchParams } = new URL(url);
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const added = { 'x-amz-date': time, ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }) };
  const signed = sortedHeaders({ ...headers, ...added, host });
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    method,
    pathname.split('/').map(encoded).join('/'),
    [...searchParams]
      .map((pair) => pair.map(encoded).join('='))
      .sort()
      .join('&'),
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(body ?? ''),
  ].join('\n');
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const signature = hmac(key, [algorithm, time, scope.join('/'), sha256(canonical)].join('\n')).toString('hex');
  const credential = `${accessKeyId}/${scope.join('/')}`;
  return { ...added, authorization: `${algorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}` };
}

function sortedHeaders(headers: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Encoded once more, where it was encoded for the address already: so the services that are not S3 want it. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
