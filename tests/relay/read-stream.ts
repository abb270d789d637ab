import { FrameScanner, FrameWriter } from '@tollgate/plugin-kit';
import { checkedSink, type SinkCall } from '@tollgate/plugin-kit/conformance';
import { repeatableContext, type ServedDialect } from './dialects.js';

/** What a dialect's decoder makes of an upstream's bytes, in the pieces they come in. Throws if it breaks the order of a sink. */
export function decodedCalls(dialect: ServedDialect, pieces: readonly Buffer[], cause: 'done' | 'cut' = 'done'): readonly SinkCall[] {
  const sink = checkedSink();
  decodeInto(dialect, pieces, cause, (context) => dialect.upstream.streamDecoder(sink, context));
  return sink.calls;
}

/** The bytes that a client of another dialect gets for an upstream's bytes. */
export function translatedBytes(from: ServedDialect, to: ServedDialect, pieces: readonly Buffer[], cause: 'done' | 'cut' = 'done'): Buffer {
  const written: string[] = [];
  const writer = new FrameWriter('sse', (text) => written.push(text));
  const request = { model: 'test-model', stream: true, turns: [] };
  decodeInto(from, pieces, cause, (context) => from.upstream.streamDecoder(to.client.streamEncoder(writer, request, context), context));
  writer.end();
  return Buffer.from(written.join(''));
}

type Decoder = ReturnType<ServedDialect['upstream']['streamDecoder']>;

function decodeInto(
  dialect: ServedDialect,
  pieces: readonly Buffer[],
  cause: 'done' | 'cut',
  decoderFor: (context: ReturnType<typeof repeatableContext>) => Decoder,
): void {
  const decoder = decoderFor(repeatableContext());
  const scanner = new FrameScanner(dialect.framing, (data, event) => decoder.frame(data, event));
  for (const piece of pieces) scanner.push(piece);
  scanner.end();
  decoder.end(cause);
}
