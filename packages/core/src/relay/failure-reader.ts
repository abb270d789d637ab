import type { IncomingHttpHeaders } from 'node:http';
import { type ProviderAdapter, type UpstreamFailure, type Verdict, verdictForStatus } from '@tollgate/plugin-kit';
import type { Channel } from '../modules/channels/index.js';
import type { AnswerReceiver } from './answer.js';

const failureBytesMax = 65_536;
const wordsLengthMax = 8_192;

/** Reads the body of an upstream's refusal and lets the adapter say what it means. */
export class FailureReader implements AnswerReceiver {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  readonly #channel: Pick<Channel, 'adapter' | 'options'>;
  readonly #status: number;
  readonly #headers: IncomingHttpHeaders;
  readonly #judged: (verdict: Verdict, words: string) => void;

  constructor(
    channel: Pick<Channel, 'adapter' | 'options'>,
    status: number,
    headers: IncomingHttpHeaders,
    judged: (verdict: Verdict, words: string) => void,
  ) {
    this.#channel = channel;
    this.#status = status;
    this.#headers = headers;
    this.#judged = judged;
  }

  data(chunk: Buffer): void {
    if (this.#bytes < failureBytesMax) this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  end(): void {
    const text = Buffer.concat(this.#chunks).subarray(0, failureBytesMax).toString();
    const { adapter, options } = this.#channel;
    const mapped = options.statusMapping?.[String(this.#status)];
    const usual = verdictForStatus(mapped ?? this.#status, 'The upstream refused the request.');
    const judged = judgedBy(adapter, usual, this.#headers, text);
    this.#judged(mapped === undefined ? judged : asMapped(judged, usual), wordsIn(text));
  }

  broken(): void {
    this.end();
  }
}

/** What an operator says of a status goes before what the adapter reads in the body; the adapter's words stay. */
function asMapped(judged: Verdict, usual: Verdict): Verdict {
  const { message, field, retryAfterMs } = judged;
  return { ...usual, message, ...(field === undefined ? {} : { field }), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** As much of a failure's text as anybody looks at. */
export function wordsIn(text: string): string {
  return text.slice(0, wordsLengthMax);
}

/** What a failure means: what is usual, and what the adapter knows better of its body, though that came in the clothes of a success. */
export function judgedBy(adapter: ProviderAdapter, usual: Verdict, headers: IncomingHttpHeaders, text: string): Verdict {
  const retryAfterMs = retryAfterOf(headers);
  const failure: UpstreamFailure = { status: usual.status, headers: headerMap(headers), text, json: () => jsonOf(text) };
  return { ...usual, ...(retryAfterMs === undefined ? {} : { retryAfterMs }), ...adapter.classify?.(failure) };
}

/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3). */
function retryAfterOf(headers: IncomingHttpHeaders): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(waitMs) && waitMs >= 0 ? waitMs : undefined;
}

function headerMap(headers: IncomingHttpHeaders): ReadonlyMap<string, string> {
  return new Map(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const])));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
