import type { PlannedStep } from '../changes/index.js';
import { channelSteps, storedChannelOf } from '../channels/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';

export function planChannels(document: ApplyDocument, state: ApplyState, context: ApplyContext): readonly PlannedStep[] {
  return document.channels.flatMap((entry) => {
    const known = state.channels.get(entry.name);
    return channelSteps(known, storedChannelOf(entry, known, context), context.secretBox);
  });
}
