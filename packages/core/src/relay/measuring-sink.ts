import type { CanonicalSink } from '@tollgate/plugin-kit';

const nothing = (): undefined => undefined;

/** A sink that only tells of the text that passes, answers, thinking and tool arguments alike, and of the tools that are called. */
export function measuringSink(text: (text: string) => void, toolCall: (name: string) => void): CanonicalSink {
  return {
    start: nothing,
    openBlock: (_index, head) => {
      if (head.type === 'tool-call') toolCall(head.name);
    },
    textDelta: (_index, delta) => text(delta),
    argumentsDelta: (_index, fragment) => text(fragment),
    seal: nothing,
    citation: nothing,
    wholeBlock: nothing,
    closeBlock: nothing,
    usage: nothing,
    stop: nothing,
    fail: nothing,
  };
}
