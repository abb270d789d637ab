import { z } from 'zod';
import {
  type Choice,
  choiceGrounds,
  hedgeBounds,
  type RoutingTrace,
  routingStrategies,
  type Skip,
  skipReasons,
} from '../../modules/routing/index.js';

const place = {
  channelId: z.string(),
  channel: z.string().optional().meta({ title: 'Its name; absent where the channel is gone' }),
  keyId: z.string().optional().meta({ title: "Which of the channel's keys, where it has several" }),
};

/** Why a call goes where it goes, as the management API shows it. */
export const routing = z.object({
  strategy: z.enum(routingStrategies).meta({ title: 'How one of several channels of a priority is chosen' }),
  candidates: z.int().meta({ title: 'Channels that offer the model' }),
  choices: z
    .array(
      z.object({
        ...place,
        by: z.enum(choiceGrounds),
        why: z.string(),
        priority: z.int().optional(),
        among: z.int().optional().meta({ title: 'How many channels of that priority could have been chosen' }),
        group: z.string().optional().meta({ title: 'In which group, where the call went through several' }),
        score: z.number().optional().meta({ title: 'Milliseconds to the first byte, calls at once by weight, or cost ratio' }),
        hedgeAfterMs: z.int().optional().meta({ title: 'It was asked beside the one before, which had not answered for so long' }),
      }),
    )
    .meta({ title: 'In the order in which they were tried' }),
  skipped: z.array(
    z.object({
      ...place,
      reason: z.enum(skipReasons),
      why: z.string(),
      until: z.iso.datetime().optional(),
    }),
  ),
  skippedMore: z.literal(true).optional().meta({ title: 'More were passed over than are listed' }),
  notHedged: z.enum(hedgeBounds).optional().meta({
    title:
      'Why it was not sent twice though the settings let it: more is held for it than may be, as many others were as may be, or no other channel could be asked',
  }),
});

export type PresentedRouting = z.input<typeof routing>;

const groundTexts: Readonly<Record<Choice['by'], string>> = {
  weighted: 'Drawn by weight and health.',
  'least-latency': 'The quickest of those looked at to begin its answers.',
  'least-busy': 'The one with the fewest calls for its weight of those looked at.',
  cheapest: 'Drawn by weight and health of the cheapest that could be used.',
  sticky: 'It served the conversation before, and may have it in its cache.',
  bound: 'What the request names lives there.',
  only: 'No other channel offers the model.',
};

const skipTexts: Readonly<Record<Skip['reason'], string>> = {
  'cooling-down': 'It cools down after failures, or as long as its upstream has asked.',
  probing: 'It has cooled down, and another call is finding out whether it is well.',
  disabled: 'It is disabled, by its failures or by a person.',
  overloaded: 'The conversation would have gone there, but it has too many calls for its weight.',
  vetoed: 'A plugin has refused it for this call.',
  'limit-reached': 'It has as many calls as it may have, or has used as many tokens.',
  'spend-cap-reached': 'Its calls have cost what they may in this day or month.',
  'no-such-operation': 'Its provider has no such operation.',
  'cannot-translate': 'It speaks another dialect, in which this request cannot be said.',
};

/** Every channel that the trace names. */
export function channelsIn({ choices, skipped }: RoutingTrace): readonly string[] {
  return [...new Set([...choices, ...skipped].map(({ channelId }) => channelId))];
}

/** @param names channel → name */
export function presentTrace(trace: RoutingTrace, names: ReadonlyMap<string, string>): PresentedRouting {
  const placeOf = (channelId: string, keyId: string | undefined) => {
    const channel = names.get(channelId);
    return {
      channelId,
      ...(channel === undefined ? {} : { channel }),
      ...(keyId === undefined || keyId === channelId ? {} : { keyId }),
    };
  };
  return {
    ...trace,
    choices: trace.choices.map(({ channelId, keyId, ...choice }) => ({
      ...placeOf(channelId, keyId),
      ...choice,
      why: groundTexts[choice.by],
    })),
    skipped: trace.skipped.map(({ channelId, keyId, reason, until }) => ({
      ...placeOf(channelId, keyId),
      reason,
      why: skipTexts[reason],
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    })),
  };
}
