import type { CanonicalSink } from '@tollgate/plugin-kit';

const nothing = (): undefined => undefined;

/** A sink that only tells of the text that passes: answers, thinking and tool arguments alike. */
export function measuringSink(text: (text: string) => void): CanonicalSink {
  return {
    start: nothing,
    openBlock: nothing,
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
