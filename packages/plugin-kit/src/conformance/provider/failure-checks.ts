import type { ProviderAdapter, UpstreamFailure } from '../../provider.js';
import { type Verdict, verdictForStatus } from '../../verdict.js';
import { junkDocuments } from '../canonical/junk.js';
import { type Check, checksOf } from '../check.js';
import type { RecordedError } from '../fixtures/recordings.js';
import { firstDifference, insist, insistSame, shown } from '../insist.js';
import { failureKinds } from '../failure-kinds.js';
import { runPurely } from '../run-purely.js';

const statuses = [400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 504, 529];

/** What refusals mean. */
export function failureChecks(subject: string, provider: ProviderAdapter, errors: readonly RecordedError[]): readonly Check[] {
  const bodies = [...junkDocuments.map((document) => JSON.stringify(document)), '', '<html>Bad gateway</html>', '{"error":{"message":'];
  return [
    ...checksOf(subject, 'bronze', {
      'judges any refusal, however it looks': () => {
        for (const status of statuses) for (const text of bodies) insistVerdict(judged(provider, failureOf(status, text)), text);
      },
    }),
    ...errors.flatMap((recorded) =>
      checksOf(subject, 'silver', { [`judges "${recorded.name}" as it deserves`]: () => checkRecorded(provider, recorded) }),
    ),
  ];
}

/** The verdict that the gateway acts on: what the provider knows, over what the status suggests. */
function judged(provider: ProviderAdapter, failure: UpstreamFailure): Verdict {
  const known = runPurely(`${provider.id}: classify`, () => provider.classify?.(failure) ?? {});
  insistSame(provider.classify?.(failure) ?? {}, known, 'The same refusal was judged in another way.');
  return { ...verdictForStatus(failure.status, 'The upstream refused.'), ...known };
}

function failureOf(status: number, text: string, headers: Readonly<Record<string, string>> = {}): UpstreamFailure {
  return {
    status,
    headers: new Map(Object.entries(headers)),
    text,
    json(): unknown {
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
    },
  };
}

function checkRecorded(provider: ProviderAdapter, { status, headers, body, expected }: RecordedError): void {
  const verdict = judged(provider, failureOf(status, typeof body === 'string' ? body : JSON.stringify(body), headers));
  insistVerdict(verdict, body);
  for (const field of ['kind', 'scope', 'retry'] as const) insist(expected[field] !== undefined, `State the expected ${field}.`);
  const difference = firstDifference(verdict, expected);
  insist(difference === undefined, `"${difference}" is not as expected.\n  is: ${shown(verdict)}\n  expected: ${shown(expected)}`);
  insist(!/https?:\/\/|\bBearer \S/i.test(verdict.message), `The message shows callers an address or a key: ${verdict.message}`);
}

function insistVerdict(verdict: Verdict, source: unknown): void {
  const { kind, status, scope, retry, message, code, retryAfterMs } = verdict;
  const problem = [
    [failureKinds.includes(kind), 'kind'],
    [Number.isInteger(status) && status >= 400 && status <= 599, 'status'],
    [['request', 'model', 'key', 'channel'].includes(scope), 'scope'],
    [['never', 'other', 'without-seals'].includes(retry), 'retry'],
    [typeof message === 'string' && message !== '', 'message'],
    [typeof code === 'string' && code !== '', 'code'],
    [retryAfterMs === undefined || (Number.isFinite(retryAfterMs) && retryAfterMs >= 0), 'retryAfterMs'],
  ].find(([holds]) => holds === false);
  insist(problem === undefined, `The verdict has no usable ${String(problem?.[1])}: ${shown(verdict)}\n  of: ${shown(source)}`);
  insist(scope !== 'request' || kind !== 'authentication', `A wrong key is no fault of the request: ${shown(verdict)}`);
}
