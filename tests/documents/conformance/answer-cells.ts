import { type CanonicalRequest, type CanonicalResponse, FrameScanner, FrameWriter, type Loss } from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import { playResponse } from '../../../packages/plugin-kit/src/conformance/canonical/play-response.js';
import type { ServedDialect } from '../../relay/dialects.js';
import { recordingContext, unknownModel } from '../translate-request.js';
import type { AnswerCapability } from './answers.js';
import { type Cell, cellFor, none, passed, refusedOr } from './cell.js';
import { firstDifference, meaningOfAnswer, valueAt } from './equivalents.js';

/** How answers travel. */
export type Way = 'whole' | 'streamed';

const asked: CanonicalRequest = {
  model: unknownModel,
  stream: false,
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }],
  tools: [{ name: 'weather' }, { name: 'patch', freeform: true }],
};

/** An answer as it was told, and what was lost in the telling. */
export interface Told {
  readonly heard: CanonicalResponse;
  readonly losses: readonly Loss[];
}

/** A server of the dialect gives an answer, and one who listens in the same dialect hears it. */
export function tell(dialect: ServedDialect, response: CanonicalResponse, way: Way): Told {
  return way === 'whole' ? tellWhole(dialect, response) : tellStreamed(dialect, response);
}

function tellWhole(dialect: ServedDialect, response: CanonicalResponse): Told {
  const context = recordingContext();
  const body = JSON.stringify(dialect.client.encodeResponse(response, asked, context));
  return { heard: dialect.upstream.decodeResponse(JSON.parse(body), recordingContext()), losses: context.losses };
}

function tellStreamed(dialect: ServedDialect, response: CanonicalResponse): Told {
  const context = recordingContext();
  const route = dialect.client.routes.find(({ stream }) => stream !== false) ?? { path: '' };
  const framing = dialect.client.framing({ route, pathModel: unknownModel, query: new URLSearchParams('alt=sse') });
  let bytes = '';
  const writer = new FrameWriter(framing, (piece) => {
    bytes += piece;
  });
  playResponse(dialect.client.streamEncoder(writer, { ...asked, stream: true, usageInStream: true }, context), response);
  writer.end();
  const sink = checkedSink();
  const decoder = dialect.upstream.streamDecoder(sink, recordingContext());
  const scanner = new FrameScanner(framing, (data, event) => decoder.frame(data, event));
  scanner.push(Buffer.from(bytes));
  scanner.end();
  decoder.end('done');
  return { heard: sink.response(), losses: context.losses };
}

/**
 * What becomes of something that an upstream answers: it is told in the upstream's dialect, heard, told in the client's and heard there as
 * a client would. None is what the upstream's own dialect has no words for.
 */
export function answerCell({ answer }: AnswerCapability, client: ServedDialect, upstream: ServedDialect, way: Way): Cell {
  const response = answer(upstream);
  if (response === undefined) return none;
  const atUpstream = tell(upstream, response, way);
  const isSayable = atUpstream.losses.length === 0 && differenceOf(atUpstream.heard, response) === undefined;
  if (!isSayable) return none;
  if (client.id === upstream.id) return passed;
  return refusedOr(() => {
    const { heard, losses } = tell(client, atUpstream.heard, way);
    const difference = differenceOf(heard, atUpstream.heard);
    if (losses.length > 0 || difference === undefined) return cellFor(losses, undefined);
    return { status: 'partial', notes: [inOtherWords(difference, heard, atUpstream.heard)] };
  });
}

/** What a client's dialect has no word for, it hears in the nearest words that there are. */
function inOtherWords(path: string, heard: CanonicalResponse, said: CanonicalResponse): string {
  const [is, was] = [heard, said].map((response) => JSON.stringify(valueAt(meaningOfAnswer(response), path)) ?? 'nothing');
  return `\`${path}\` arrives as ${is}, not as ${was}.`;
}

function differenceOf(heard: CanonicalResponse, said: CanonicalResponse): string | undefined {
  return firstDifference(meaningOfAnswer(heard), meaningOfAnswer(said));
}
