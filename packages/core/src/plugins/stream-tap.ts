import type {
  Block,
  BlockHead,
  CallView,
  CanonicalSink,
  Citation,
  RouteView,
  Seal,
  StopReason,
  Usage,
  Verdict,
} from '@tollgate/plugin-kit';
import { applies } from './hook-step.js';
import type { HookStep } from './hook-step.js';
import type { PluginFaults } from './plugin-faults.js';

interface Tap {
  readonly plugin: string;
  readonly sink: CanonicalSink;
}

/** One sink for all plugins that want to see this stream, or undefined if none does. A tap that fails is dropped; the stream goes on. */
export function tapStream(
  steps: readonly HookStep<'tapStream'>[],
  faults: PluginFaults,
  call: CallView,
  route: RouteView,
): CanonicalSink | undefined {
  const taps = steps.flatMap((step) => openTap(step, faults, call, route));
  return taps.length === 0 ? undefined : new StreamTaps(taps, faults);
}

function openTap(step: HookStep<'tapStream'>, faults: PluginFaults, call: CallView, route: RouteView): readonly Tap[] {
  if (!applies(step, call)) return [];
  try {
    const sink = step.run(call, route);
    return sink === undefined ? [] : [{ plugin: step.plugin, sink }];
  } catch (error) {
    faults.record(step.plugin, step.place, error);
    return [];
  }
}

class StreamTaps implements CanonicalSink {
  #taps: readonly Tap[];
  readonly #faults: PluginFaults;

  constructor(taps: readonly Tap[], faults: PluginFaults) {
    this.#taps = taps;
    this.#faults = faults;
  }

  start(id: string, model: string): void {
    this.#each((sink) => sink.start(id, model));
  }
  openBlock(index: number, head: BlockHead): void {
    this.#each((sink) => sink.openBlock(index, head));
  }
  textDelta(index: number, text: string): void {
    this.#each((sink) => sink.textDelta(index, text));
  }
  argumentsDelta(index: number, fragment: string): void {
    this.#each((sink) => sink.argumentsDelta(index, fragment));
  }
  seal(index: number, seal: Seal): void {
    this.#each((sink) => sink.seal(index, seal));
  }
  citation(index: number, citation: Citation): void {
    this.#each((sink) => sink.citation(index, citation));
  }
  wholeBlock(index: number, block: Block): void {
    this.#each((sink) => sink.wholeBlock(index, block));
  }
  closeBlock(index: number): void {
    this.#each((sink) => sink.closeBlock(index));
  }
  usage(patch: Partial<Usage>): void {
    this.#each((sink) => sink.usage(patch));
  }
  stop(reason: StopReason, stopSequence?: string): void {
    this.#each((sink) => sink.stop(reason, stopSequence));
  }
  fail(verdict: Verdict): void {
    this.#each((sink) => sink.fail(verdict));
  }

  #each(tell: (sink: CanonicalSink) => void): void {
    for (const tap of this.#taps) {
      try {
        tell(tap.sink);
      } catch (error) {
        this.#faults.record(tap.plugin, 'tapStream', error);
        this.#taps = this.#taps.filter((other) => other !== tap);
      }
    }
  }
}
