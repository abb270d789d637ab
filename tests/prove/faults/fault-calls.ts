import { rawFetch } from '../../relay/raw-call.js';
import { keyOf } from '../../support/apply-document.js';
import type { CallKind } from './fault-plan.js';

/** As many callers as a seed has at most, each with a token of its own: so a receipt tells whose call it is. */
export const callersMax = 4;

/** One call of a seed, and how it went for its caller. */
export interface CallCourse {
  readonly kind: CallKind;
  /** Also the caller's token. */
  readonly caller: string;
  readonly marker: string;
  /** The status, 0 if there was no answer. */
  readonly status: number;
  /** Whether the whole answer arrived, with its proper end. */
  readonly complete: boolean;
  readonly clientLeft: boolean;
}

export interface RunningCall {
  readonly course: Promise<CallCourse>;
  leave(): void;
}

const repetitionsMax = 2;

export function callerName(index: number): string {
  return `caller-${index}`;
}

/** Sends one call of the kind. Its course never rejects. */
export function startCall(url: string, kind: CallKind, index: number, seed: number): RunningCall {
  const caller = callerName(index);
  const marker = `${seed}-${index}`;
  const leaving = new AbortController();
  const course = readCall(url, kind, caller, marker, leaving).then(
    (answer) => ({ kind, caller, marker, ...answer, clientLeft: leaving.signal.aborted }),
    () => ({ kind, caller, marker, status: 0, complete: false, clientLeft: leaving.signal.aborted }),
  );
  return { course, leave: () => leaving.abort() };
}

interface Answer {
  readonly status: number;
  readonly complete: boolean;
}

/** A caller with a key sends its call again until it knows how that went: whatever breaks, it must not pay twice. */
async function readCall(url: string, kind: CallKind, caller: string, marker: string, leaving: AbortController): Promise<Answer> {
  const asking = (): Promise<Answer> => readOnce(url, kind, caller, marker, leaving);
  if (kind !== 'keyed') return asking();
  for (let repetitions = 0; repetitions < repetitionsMax; repetitions += 1) {
    const answer = await asking().catch(() => undefined);
    if (answer?.complete === true || answer?.status === 409) return answer;
  }
  return asking();
}

async function readOnce(url: string, kind: CallKind, caller: string, marker: string, leaving: AbortController): Promise<Answer> {
  const stream = kind !== 'whole' && kind !== 'failover' && kind !== 'hedged' && kind !== 'refers';
  const dialect = kind === 'refers' ? 'openai-responses' : 'openai-chat';
  const question =
    kind === 'refers'
      ? { input: `call ${marker}`, previous_response_id: 'resp_of_nobody' }
      : { messages: [{ role: 'user', content: `call ${marker}` }] };
  const body = JSON.stringify({ model: kind, ...question, ...(stream ? { stream, stream_options: { include_usage: true } } : {}) });
  const headers: Readonly<Record<string, string>> = kind === 'keyed' ? { 'idempotency-key': marker } : {};
  const response = await rawFetch({ url, key: keyOf(caller), dialect, model: kind, body, headers, signal: leaving.signal });
  if (kind === 'leaves') {
    await response.body?.getReader().read();
    leaving.abort();
  }
  const text = await response.text();
  return { status: response.status, complete: response.status === 200 && (!stream || text.includes('[DONE]')) };
}
