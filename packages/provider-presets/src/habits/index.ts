import { nineCharacterCallIds } from './call-ids.js';
import type { Habit } from './habit.js';
import { noThinkingInHistory, plainMessages, thinkingCalledReasoning } from './history.js';
import { noStreamOptions, olderNames, openTopP } from './request-fields.js';
import { parsedReasoning, reasoningObject, thinkingBudget, thinkingSwitch } from './thinking.js';

export type { EncodeRequest, Habit } from './habit.js';

/** The habits that presets name. */
export const habits = {
  'nine-character-call-ids': nineCharacterCallIds,
  'no-stream-options': noStreamOptions,
  'no-thinking-in-history': noThinkingInHistory,
  'older-names': olderNames,
  'open-top-p': openTopP,
  'parsed-reasoning': parsedReasoning,
  'plain-messages': plainMessages,
  'reasoning-object': reasoningObject,
  'thinking-budget': thinkingBudget,
  'thinking-called-reasoning': thinkingCalledReasoning,
  'thinking-switch': thinkingSwitch,
} as const satisfies Readonly<Record<string, Habit>>;

export type HabitName = keyof typeof habits;
