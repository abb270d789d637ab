import type { Block, CanonicalResponse, StopReason, Vendor } from '../../canonical.js';
import { emptyUsage, type Usage } from '../../usage.js';
import { trialModel } from '../trial-context.js';

/** An answer that an upstream may have given, with the texts by which its parts are found again. */
export interface TrialAnswer {
  readonly title: string;
  readonly response: CanonicalResponse;
  readonly marks: readonly string[];
}

const usage: Usage = { ...emptyUsage(), inputText: 100, inputCacheRead: 20, outputText: 30, outputReasoning: 7 };
const text = (value: string): Block => ({ type: 'text', text: value });
const thinking = (vendor: Vendor): Block => ({ type: 'thinking', text: 'mark-thought', seal: { vendor, value: `c2VhbC1vZi0${vendor}` } });
const call = (id: string, city: string): Block => ({ type: 'tool-call', id, name: 'weather', arguments: JSON.stringify({ city }) });

function answer(
  title: string,
  blocks: readonly Block[],
  marks: readonly string[],
  stop: StopReason = 'end',
  more: Partial<CanonicalResponse> = {},
): TrialAnswer {
  return { title, marks, response: { id: 'answer_1', model: trialModel, blocks, stop, usage, ...more } };
}

/** Answers as they come from an upstream of `vendor`. */
export function trialAnswers(vendor: Vendor): readonly TrialAnswer[] {
  return [
    answer('a text', [text('mark-text 👋🏽 "quoted"\n')], ['mark-text']),
    answer('nothing', [], []),
    answer('thinking and a text', [thinking(vendor), text('mark-text')], ['mark-thought', 'mark-text']),
    answer(
      'a text with a source',
      [{ type: 'text', text: 'mark-text', citations: [{ url: 'https://example.org/mark', title: 'mark-title' }] }],
      ['mark-text'],
    ),
    answer('a tool call', [call('call_1', 'Berne')], ['Berne'], 'tool'),
    answer(
      'a text and two tool calls',
      [text('mark-text'), call('call_1', 'Berne'), call('call_2', 'Bâle')],
      ['mark-text', 'Berne', 'Bâle'],
      'tool',
    ),
    answer(
      'a tool call without arguments',
      [{ type: 'tool-call', id: 'call_1', name: 'mark_clock', arguments: '{}' }],
      ['mark_clock'],
      'tool',
    ),
    answer('a text at the token limit', [text('mark-text')], ['mark-text'], 'length'),
    answer('a text up to a stop sequence', [text('mark-text')], ['mark-text'], 'stop-sequence', { stopSequence: 'END' }),
    answer('a filtered text', [text('mark-text')], ['mark-text'], 'filter'),
    answer('a refusal', [text('mark-text')], ['mark-text'], 'refusal'),
    answer(
      'a block of another dialect',
      [text('mark-text'), { type: 'opaque', dialect: 'elsewhere-chat', data: { words: 'mark-opaque' } }],
      ['mark-text', 'mark-opaque'],
    ),
  ];
}
