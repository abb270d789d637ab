import type { Block, CanonicalRequest, CodecContext, JsonObject, Loss } from '@tollgate/plugin-kit';
import { dialects, type ServedDialect } from '../relay/dialects.js';
import { capabilities, type Capability } from './capabilities.js';

/** What becomes of a capability on its way from a client's dialect to an upstream's. Undefined: the client's dialect cannot ask for it. */
export type Fate = readonly Loss[] | undefined;

interface RecordingContext extends CodecContext {
  readonly losses: Loss[];
}

const unknownModel = 'some-model';

/** The model is one that nobody knows: no rule of a model family applies, only those of the dialects. */
function recordingContext(): RecordingContext {
  let ids = 0;
  const losses: Loss[] = [];
  return {
    losses,
    lose: (loss) => losses.push(loss),
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    now: () => 0,
    model: { id: unknownModel },
  };
}

/** The request as a client of the dialect writes it; undefined if it loses anything in being written. */
function written(dialect: ServedDialect, { request }: Capability): JsonObject | undefined {
  const context = recordingContext();
  const body = dialect.upstream.encodeRequest(request, context);
  return context.losses.length === 0 ? body : undefined;
}

function decoded(dialect: ServedDialect, body: JsonObject, context: CodecContext): CanonicalRequest {
  const target = { route: dialect.client.routes[0] ?? { path: '' }, pathModel: unknownModel, query: new URLSearchParams() };
  return dialect.client.decodeRequest(body, dialect.client.inspect(body, target), context);
}

export function fateOf(capability: Capability, from: ServedDialect, to: ServedDialect): Fate {
  const body = written(from, capability);
  if (body === undefined) return undefined;
  const context = recordingContext();
  to.upstream.encodeRequest({ ...withMediaBytes(decoded(from, body, context), to), model: unknownModel }, context);
  return context.losses;
}

/** What the gateway does before it translates: media are fetched for upstreams that take only bytes. */
function withMediaBytes(request: CanonicalRequest, { upstream }: ServedDialect): CanonicalRequest {
  const fetched = (block: Block): Block => {
    if (block.type !== 'media' || !('url' in block.source)) return block;
    const { media, source, mimeType = 'application/pdf' } = block;
    return upstream.needsBytes?.({ media, ...source }) === true ? { ...block, mimeType, source: { base64: 'AAAA' } } : block;
  };
  return { ...request, turns: request.turns.map((turn) => ({ ...turn, blocks: turn.blocks.map(fetched) })) };
}

/** The whole page: a table for each dialect of a client, and every loss with its reason. */
export function lossesPage(): string {
  const tables = dialects.map((from) =>
    tableOf(
      from,
      dialects.filter((to) => to.id !== from.id),
    ),
  );
  return [head, ...tables].join('\n');
}

const head = `# What a translation loses

Generated from the dialects by \`npm run docs\`: what a client of one dialect may ask for, and what becomes of it at an upstream of another. In its own
dialect nothing is lost: the bytes pass. A loss is told to the caller as the setting \`relay.onLoss\` says: not at all, in the header
\`x-tollgate-loss\` (those of a streamed answer come too late for it), or by refusing the request. It is always kept in the receipt of the call,
with what an answer lost: \`losses\` of \`GET /api/usage\`.

✓ is carried · ◐ is carried in another form · ✗ is left out · – cannot be asked for in the client's dialect. Rules of single models come on top.
`;

function tableOf(from: ServedDialect, others: readonly ServedDialect[]): string {
  const reasons = new Map<string, number>();
  const rows = capabilities.map((capability) => {
    const cells = others.map((to) => cellOf(fateOf(capability, from, to), reasons));
    return `| ${capability.title} | ${cells.join(' | ')} |`;
  });
  const notes = [...reasons].map(([reason, number]) => `${number}. ${reason}`);
  return `## From ${from.id}

| | ${others.map(({ id }) => id).join(' | ')} |
|---|${others.map(() => '---|').join('')}
${rows.join('\n')}

${notes.join('\n')}
`;
}

function cellOf(fate: Fate, reasons: Map<string, number>): string {
  if (fate === undefined) return '–';
  if (fate.length === 0) return '✓';
  const numbers = fate.map(({ field, how, why }) => {
    const reason = `\`${field}\` ${how}: ${why}`;
    if (!reasons.has(reason)) reasons.set(reason, reasons.size + 1);
    return reasons.get(reason);
  });
  const mark = fate.some(({ how }) => how === 'dropped') ? '✗' : '◐';
  return `${mark} ${[...new Set(numbers)].join(', ')}`;
}
