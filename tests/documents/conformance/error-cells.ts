import { join } from 'node:path';
import { claude } from '@tollgate/adapter-claude';
import { geminiProvider } from '@tollgate/adapter-gemini';
import { openai } from '@tollgate/adapter-openai';
import { type FailureKind, type ProviderAdapter, type Verdict, verdictForKind, verdictForStatus } from '@tollgate/plugin-kit';
import { checkedSink, joinFixtures, readFixtures } from '@tollgate/plugin-kit/conformance';
import type { ServedDialect } from '../../relay/dialects.js';
import { repositoryFolder } from '../../support/repository.js';
import { recordingContext } from '../translate-request.js';
import { type Cell, none, passed } from './cell.js';

/** Failures that callers act upon. */
export const refusals: readonly { readonly title: string; readonly kind: FailureKind }[] = [
  { title: 'wrong request', kind: 'invalid-request' },
  { title: 'prompt too long', kind: 'context-length' },
  { title: 'unknown model', kind: 'not-found' },
  { title: 'empty account', kind: 'insufficient-quota' },
  { title: 'too many requests', kind: 'rate-limit' },
  { title: 'overload', kind: 'overloaded' },
];

const providers: Readonly<Record<string, Pick<ProviderAdapter, 'id' | 'classify'> | undefined>> = {
  'openai-chat': openai,
  'openai-responses': openai,
  'claude-messages': claude,
  gemini: geminiProvider,
};

const adapters = ['adapter-openai', 'adapter-claude', 'adapter-gemini'];
const { errors } = joinFixtures(...adapters.map((name) => readFixtures(join(repositoryFolder, 'packages', name, '__fixtures__'))));

/** What a refusal means to one who speaks the dialect. */
function heardAs(dialect: ServedDialect, status: number, body: unknown): Verdict {
  const text = JSON.stringify(body);
  const failure = { status, headers: new Map<string, string>(), text, json: () => JSON.parse(text) as unknown };
  return { ...verdictForStatus(status, 'No words.'), ...providers[dialect.id]?.classify?.(failure) };
}

/** A refusal in the vendor's own words, before an answer. Green is one that the client understands as the kind that it is, with its words. */
export function refusalCell({ kind }: (typeof refusals)[number], client: ServedDialect, upstream: ServedDialect): Cell {
  const recorded = errors[providers[upstream.id]?.id ?? '']?.find(({ expected }) => expected.kind === kind);
  if (recorded === undefined) return none;
  if (client.id === upstream.id) return passed;
  const atGateway = heardAs(upstream, recorded.status, recorded.body);
  const told = client.client.encodeError(atGateway, 'request-1');
  const atClient = heardAs(client, told.status, told.body);
  const notes = [
    ...(atClient.message === atGateway.message ? [] : ['The words do not arrive.']),
    ...(atClient.kind === kind ? [] : [`It arrives as \`${atClient.kind}\`, not as \`${kind}\`.`]),
  ];
  return { status: notes.length === 0 ? 'green' : 'partial', notes };
}

const words = 'These words are for the caller.';

/** An answer that breaks after its first words. Green is a client that hears of it, with the upstream's words. */
export function brokenStreamCell(client: ServedDialect, upstream: ServedDialect): Cell {
  const frames: { readonly data: string; readonly event?: string }[] = [];
  const out = {
    frame: (data: string, event?: string) => void frames.push(event === undefined ? { data } : { data, event }),
  };
  const encoder = client.client.streamEncoder(out, { model: 'some-model', stream: true, turns: [] }, recordingContext());
  const decoder = upstream.upstream.streamDecoder(encoder, recordingContext());
  const failing = upstream.client.encodeStreamError(verdictForKind('overloaded', 503, words, 'overloaded'), 'request-1');
  for (const { data, event } of failing) decoder.frame(data, event);
  decoder.end('cut');
  const sink = checkedSink();
  const listener = client.upstream.streamDecoder(sink, recordingContext());
  for (const { data, event } of frames) listener.frame(data, event);
  listener.end('done');
  const last = sink.calls.at(-1);
  if (last?.[0] !== 'fail') return { status: 'red', notes: ['The client takes it for a natural end.'] };
  return last[1].message.includes(words) ? { status: 'green', notes: [] } : { status: 'partial', notes: ['The words do not arrive.'] };
}
