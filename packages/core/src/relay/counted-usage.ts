import { emptyUsage, type Usage } from '@tollgate/plugin-kit';
import { estimateBodyTokens } from './estimate-tokens.js';
import type { RelayCall } from './relay-call.js';
import type { RunningCall } from './running-call.js';
import type { TokenCounter } from './token-counter.js';
import type { TokenScale } from './token-families.js';
import type { UsageMeter } from './usage-meter.js';

type Counter = Pick<TokenCounter, 'count'>;
type Counted = { readonly call: Pick<RelayCall, 'json'> } & Pick<RunningCall, 'binding'>;

/** Input tokens of a request: its texts counted, the brackets around them and its media estimated. Undefined where nobody can count them. */
export async function countedInput({ call, binding }: Counted, scale: TokenScale, counter: Counter): Promise<number | undefined> {
  if (scale.tokenizer === undefined) return undefined;
  const texts: string[] = [];
  const collecting = (text: string): number => {
    texts.push(text);
    return 0;
  };
  const besides = estimateBodyTokens(call.json, { ...scale, tokensIn: collecting });
  const tokens = await counter.count(scale.tokenizer, texts);
  return tokens === undefined ? undefined : besides + tokens + (binding?.tokens ?? 0);
}

/** What a call used whose upstream stated nothing, counted; undefined where it cannot be. */
export async function countedUsage(counted: Counted, meter: UsageMeter, counter: Counter): Promise<Usage | undefined> {
  const { scale } = meter;
  const delivered = meter.deliveredText();
  if (scale.tokenizer === undefined || delivered === undefined) return undefined;
  const [inputText, tokens] = await Promise.all([countedInput(counted, scale, counter), counter.count(scale.tokenizer, delivered.texts)]);
  if (inputText === undefined || tokens === undefined) return undefined;
  return { ...emptyUsage(), inputText, outputText: tokens + Math.ceil(delivered.toolCalls * scale.unseenInToolCall) };
}
