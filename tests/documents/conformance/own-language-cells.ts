import { join } from 'node:path';
import { converse } from '@tollgate/adapter-bedrock';
import { cohereChat } from '@tollgate/adapter-cohere';
import { difyChat } from '@tollgate/adapter-dify';
import { type CanonicalResponse, type Dialect, UpstreamError } from '@tollgate/plugin-kit';
import { checkedSink, joinFixtures, readFixtures, type Recording } from '@tollgate/plugin-kit/conformance';
import { decodedAnswer, decodedChunks, framesIn } from '../../../packages/plugin-kit/src/conformance/dialect/drive.js';
import { dialects, type ServedDialect } from '../../relay/dialects.js';
import { repositoryFolder } from '../../support/repository.js';
import { capabilities, type Capability, requestIn } from '../capabilities.js';
import { carried, recordingContext, unknownModel } from '../translate-request.js';
import { tell, type Way } from './answer-cells.js';
import { type Cell, cellFor, none, refusedOr, worstOf } from './cell.js';
import { firstDifference, meaningOfAnswer } from './equivalents.js';

/** What becomes of one capability between a client's dialect and an upstream in a language that no client speaks. */
export interface OwnLanguageCell extends Cell {
  readonly client: string;
  readonly upstream: string;
  readonly area: 'asked' | 'answered' | 'failed';
  readonly capability: string;
  readonly way?: Way;
}

/** Languages that places have for themselves. */
export const ownLanguages: readonly Dialect[] = [converse, difyChat, cohereChat];

const adapters = ['adapter-bedrock', 'adapter-dify', 'adapter-cohere'];
const { recordings } = joinFixtures(...adapters.map((name) => readFixtures(join(repositoryFolder, 'packages', name, '__fixtures__'))));

/** What recorded answers hold, and the part of an answer that it is. */
const contents: Readonly<Record<string, (answer: CanonicalResponse) => readonly unknown[]>> = {
  text: ({ blocks }) => blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])),
  thinking: ({ blocks }) => blocks.flatMap((block) => (block.type === 'thinking' ? [block.text] : [])),
  'tool calls': ({ blocks }) => blocks.flatMap((block) => (block.type === 'tool-call' ? [[block.name, block.arguments]] : [])),
  citations: (answer) =>
    answer.blocks.flatMap((block, index) =>
      block.type === 'text' && block.citations !== undefined ? [meaningOfBlock(answer, index)] : [],
    ),
  'why it ended': ({ stop }) => [stop],
  usage: ({ usage }) => Object.entries(usage).flatMap(([bucket, count]) => (count === 0 ? [] : [`${bucket} ${String(count)}`])),
};

function meaningOfBlock(answer: CanonicalResponse, index: number): unknown {
  return (meaningOfAnswer(answer) as { readonly blocks: readonly unknown[] }).blocks[index];
}

export function ownLanguageCells(): readonly OwnLanguageCell[] {
  return dialects.flatMap((client) => ownLanguages.flatMap((upstream) => cellsBetween(client, upstream)));
}

function cellsBetween(client: ServedDialect, upstream: Dialect): readonly OwnLanguageCell[] {
  const pair = { client: client.id, upstream: upstream.id };
  const ways = ['whole', 'streamed'] as const;
  return [
    ...[limited, ...capabilities].map((capability) => ({
      ...pair,
      area: 'asked' as const,
      capability: capability.title,
      ...askedCell(capability, client, upstream),
    })),
    ...Object.keys(contents).flatMap((capability) =>
      ways.map((way) => ({ ...pair, area: 'answered' as const, capability, way, ...answeredCell(capability, client, upstream, way) })),
    ),
    { ...pair, area: 'failed', capability: 'answer that breaks off', ...brokenCell(client, upstream) },
  ];
}

/** What all the requests of these rows ask for: its losses are told once, in a row of its own. */
const limited: Capability = {
  title: 'a question, with a limit on the answer',
  request: {
    model: unknownModel,
    stream: false,
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }],
    outputTokensMax: 4_000,
  },
};

/** Nobody here reads such a request: what arrives is what no loss was said of, which the conformance suite holds the dialect to. */
function askedCell(capability: Capability, client: ServedDialect, upstream: Dialect): Cell {
  const request = requestIn(client.id, capability);
  if (request === undefined) return none;
  return refusedOr(() => {
    const carriage = carried(request, client, upstream);
    if (carriage === undefined) return none;
    const always = capability === limited ? [] : lossesOf(limited, client, upstream);
    return cellFor(
      carriage.losses.filter(({ why }) => !always.includes(why)),
      undefined,
    );
  });
}

function lossesOf(capability: Capability, client: ServedDialect, upstream: Dialect): readonly string[] {
  const request = requestIn(client.id, capability);
  const carriage = request && carried(request, client, upstream);
  return carriage?.losses.map(({ why }) => why) ?? [];
}

/** What the place was heard to say, told to the client. */
function answeredCell(capability: string, client: ServedDialect, upstream: Dialect, way: Way): Cell {
  const part = contents[capability];
  if (part === undefined) return none;
  const said = recordings
    .filter(({ dialect, kind }) => dialect === upstream.id && kind === (way === 'whole' ? 'answer' : 'stream'))
    .map((recording) => heardFrom(upstream, recording))
    .filter((answer): answer is CanonicalResponse => answer !== undefined && answer.stop !== 'error' && part(answer).length > 0);
  return said.length === 0 ? none : worstOf(said.map((answer) => toldCell(part, answer, client, way)));
}

function toldCell(part: (answer: CanonicalResponse) => readonly unknown[], said: CanonicalResponse, client: ServedDialect, way: Way): Cell {
  return refusedOr(() => {
    const { heard, losses } = tell(client, said, way);
    const changed = firstDifference(part(heard), part(said)) !== undefined;
    if (losses.length > 0) return cellFor(losses, undefined);
    if (!changed) return { status: 'green', notes: [] };
    return { status: 'partial', notes: [`${shown(part(said))} arrives as ${shown(part(heard))}.`] };
  });
}

function shown(part: readonly unknown[]): string {
  return part.length === 0 ? 'nothing' : `\`${part.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(', ')}\``;
}

function heardFrom(upstream: Dialect, { kind, bytes, framing }: Recording): CanonicalResponse | undefined {
  if (kind === 'stream') return decodedChunks(upstream, [bytes], framing ?? upstream.framing).response();
  try {
    return decodedAnswer(upstream, JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    if (UpstreamError.isInstance(error)) return undefined;
    throw error;
  }
}

/** A recorded stream that breaks off before its last frame. Green is a client that hears of it. */
function brokenCell(client: ServedDialect, upstream: Dialect): Cell {
  const recording = recordings.find(({ dialect, kind, name }) => dialect === upstream.id && kind === 'stream' && name === 'hello');
  if (recording === undefined) return none;
  const frames: { readonly data: string; readonly event: string | undefined }[] = [];
  const out = { frame: (data: string, event?: string) => void frames.push({ data, event }) };
  const encoder = client.client.streamEncoder(out, { model: 'some-model', stream: true, turns: [] }, recordingContext());
  const decoder = upstream.upstream.streamDecoder(encoder, recordingContext());
  for (const { data, event } of framesIn(upstream, recording.bytes).slice(0, 3)) decoder.frame(data, event);
  decoder.end('cut');
  const sink = checkedSink();
  const listener = client.upstream.streamDecoder(sink, recordingContext());
  for (const { data, event } of frames) listener.frame(data, event);
  listener.end('done');
  const isHeard = sink.calls.at(-1)?.[0] === 'fail';
  return isHeard ? { status: 'green', notes: [] } : { status: 'red', notes: ['The client takes it for a natural end.'] };
}
