import type { Block, CanonicalRequest, Seal } from '../../canonical.js';
import type { Dialect } from '../../dialect.js';
import { type Check, checksOf } from '../check.js';
import { insist, isSameJson, textsIn } from '../insist.js';
import { trialModel } from '../trial-context.js';
import { encodedTwice } from './drive.js';

type SealedKind = 'thinking' | 'redacted thinking' | 'text' | 'tool call';

const kinds: readonly SealedKind[] = ['thinking', 'redacted thinking', 'text', 'tool call'];

/** A seal as vendors make them: base64 of something that only they can read. */
const sealValue = 'RXJzdGVyU2VnZW4rL2Fi';

function sealed(kind: SealedKind, seal?: Seal): CanonicalRequest {
  const marks = seal === undefined ? {} : { seal };
  const call: Block = { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{}' };
  const blocks: Readonly<Record<SealedKind, readonly Block[]>> = {
    thinking: [{ type: 'thinking', text: 'Hm.', ...marks }, call],
    'redacted thinking': [{ type: 'thinking', text: '', redacted: true, ...marks }, call],
    text: [{ type: 'text', text: 'Let me see.', ...marks }, call],
    'tool call': [{ ...call, ...marks }],
  };
  return {
    model: trialModel,
    stream: false,
    outputTokensMax: 4_000,
    thinking: { mode: 'on', effort: 'low' },
    tools: [{ name: 'weather', parameters: { type: 'object', properties: {} } }],
    turns: [
      { role: 'user', blocks: [{ type: 'text', text: 'Hello' }] },
      { role: 'assistant', blocks: blocks[kind] },
      { role: 'user', blocks: [{ type: 'tool-result', callId: 'call_1', name: 'weather', content: [{ type: 'text', text: 'Sunny' }] }] },
    ],
  };
}

/** True if a loss was said that the same request without the seal has not. */
function isLossOf(seal: Seal, kind: SealedKind, dialect: Dialect): boolean {
  const plain = encodedTwice(dialect, sealed(kind)).context.losses;
  return encodedTwice(dialect, sealed(kind, seal)).context.losses.some((loss) => !plain.some((known) => isSameJson(known, loss)));
}

/** Seals go to their own vendor, byte for byte, and to nobody else. */
export function sealChecks(subject: string, dialect: Dialect): readonly Check[] {
  const own: Seal = { vendor: dialect.vendor, value: sealValue };
  const foreign: Seal = { vendor: 'elsewhere', value: sealValue };
  return kinds.flatMap((kind) =>
    checksOf(subject, 'bronze', {
      [`gives the seal of its own ${kind} back byte for byte, or says that it is lost`]: () => {
        const texts = textsIn(encodedTwice(dialect, sealed(kind, own)).body);
        insist(texts.includes(sealValue) || isLossOf(own, kind, dialect), `The seal is not in the body as it was, and no loss was said.`);
      },
      [`keeps the seal of another vendor's ${kind} to itself`]: () => {
        const { body, context } = encodedTwice(dialect, sealed(kind, foreign));
        insist(!textsIn(body).some((text) => text.includes(sealValue)), 'A seal of another vendor is in the body.');
        insist(context.losses.length > 0, 'A seal of another vendor was dropped without a loss.');
      },
    }),
  );
}
