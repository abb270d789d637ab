import { type Block, type CanonicalResponse, type CanonicalSink, verdictForKind } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';

/** How an answer is played: numbers that choose whose turn it is, and whether it breaks off after so many steps. */
export interface Course {
  readonly choices: readonly number[];
  readonly failsAfter: number | undefined;
  /** A thought ends before anything else begins, as models think; else anything goes. */
  readonly thinksFirst?: true;
}

export const someCourse: fc.Arbitrary<Course> = fc.record({
  choices: fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 40 }),
  failsAfter: fc.option(fc.nat({ max: 30 }), { nil: undefined, freq: 3 }),
});

type Step = (sink: CanonicalSink) => void;

/**
 * Plays an answer in any order that {@link CanonicalSink} allows: blocks open in their order, then grow in whatever order the choices say,
 * usage comes at any time. @returns false if it failed on the way
 */
export function playRandomly(sink: CanonicalSink, response: CanonicalResponse, { choices, failsAfter, thinksFirst }: Course): boolean {
  const waiting = response.blocks.map((block, index) => ({
    opened: false,
    thinks: block.type === 'thinking',
    steps: stepsOf(block, index),
  }));
  let played = 0;
  sink.start(response.id, response.model);
  while (waiting.some(({ steps }) => steps.length > 0)) {
    if (played === failsAfter) {
      sink.fail(verdictForKind('server', 500, 'It broke.', 'broke'));
      return false;
    }
    const choice = choices[played % choices.length] ?? 0;
    played += 1;
    if (choice % 10 === 9) sink.usage({ outputText: choice });
    // The next block to open, or one of those that are open.
    const next = waiting.findIndex(({ opened }) => !opened);
    const able = waiting.filter((block, index) => block.steps.length > 0 && (block.opened || index === next));
    const thought = thinksFirst === true ? able.find(({ opened, thinks }) => opened && thinks) : undefined;
    const block = thought ?? able[choice % able.length];
    if (block === undefined) break;
    block.opened = true;
    block.steps.shift()?.(sink);
  }
  sink.usage(response.usage);
  sink.stop(response.stop, response.stopSequence);
  return true;
}

function stepsOf(block: Block, index: number): Step[] {
  if (block.type === 'media' || block.type === 'opaque') return [(sink) => sink.wholeBlock(index, block)];
  const seal = block.seal;
  const close: Step[] = [
    ...(seal === undefined ? [] : [(sink: CanonicalSink) => sink.seal(index, seal)]),
    (sink) => sink.closeBlock(index),
  ];
  if (block.type === 'tool-call') {
    const { id, name, freeform } = block;
    const head = { type: 'tool-call' as const, id, name, ...(freeform === undefined ? {} : { freeform }) };
    return [
      (sink) => sink.openBlock(index, head),
      ...piecesOf(block.arguments).map(
        (piece): Step =>
          (sink) =>
            sink.argumentsDelta(index, piece),
      ),
      ...close,
    ];
  }
  if (block.type === 'tool-result') return [];
  const head =
    block.type === 'text'
      ? { type: 'text' as const }
      : { type: 'thinking' as const, ...(block.redacted ? { redacted: true as const } : {}) };
  const citations = block.type === 'text' ? (block.citations ?? []) : [];
  return [
    (sink) => sink.openBlock(index, head),
    ...piecesOf(block.text).map(
      (piece): Step =>
        (sink) =>
          sink.textDelta(index, piece),
    ),
    ...citations.map(
      (citation): Step =>
        (sink) =>
          sink.citation(index, citation),
    ),
    ...close,
  ];
}

function piecesOf(content: string): readonly string[] {
  return content.match(/[^]{1,5}/gu) ?? [];
}
