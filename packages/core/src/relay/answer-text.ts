import { type CodecContext, operationOf, upstreamScanner } from '@tollgate/plugin-kit';
import type { CapturedAnswer } from '../modules/idempotency/index.js';
import { measuringSink } from './measuring-sink.js';
import type { RelayCall } from './relay-call.js';

/** The text of an answer as its caller has got it, without thinking; empty where it has none, or cannot be read. */
export function answerText(
  { dialect, facts, framing }: RelayCall,
  { bytes }: Pick<CapturedAnswer, 'bytes'>,
  context: CodecContext,
): string {
  if (operationOf(dialect) !== 'generate') return '';
  try {
    if (!facts.stream) {
      const { blocks } = dialect.upstream.decodeResponse(JSON.parse(bytes.toString()), context);
      return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
    }
    const kinds = new Map<number, string>();
    let text = '';
    const sink = {
      ...measuringSink(
        () => undefined,
        () => undefined,
      ),
      openBlock: (index: number, { type }: { readonly type: string }) => void kinds.set(index, type),
      textDelta: (index: number, delta: string) => {
        if (kinds.get(index) === 'text') text += delta;
      },
    };
    const decoder = dialect.upstream.streamDecoder(sink, context);
    const scanner = upstreamScanner(dialect, (data, event) => decoder.frame(data, event), framing);
    scanner.push(bytes);
    scanner.end();
    return text;
  } catch {
    return '';
  }
}
