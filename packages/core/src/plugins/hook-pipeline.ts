import type { CallView, CanonicalSink, RouteView, SettledView, Verdict } from '@tollgate/plugin-kit';
import { applies, guardedGate, guardedObserver, inOrder, stepsOf } from './hook-step.js';
import type { HookName, HookSource, HookStep, Run } from './hook-step.js';
import type { PluginFaults } from './plugin-faults.js';
import { tapStream } from './stream-tap.js';

export interface SettledCall {
  readonly call: CallView;
  readonly settled: SettledView;
}

type Veto = { readonly veto: string };

/**
 * The hooks of all plugins, one function per place or null where no plugin listens: `if (hooks.onRouted !== null) …`. Only gates throw:
 * DeniedError or BadRequestError as the plugin threw them, PluginFaultError for its own failures.
 */
export interface HookPipeline {
  readonly onRequest: Run<readonly [call: CallView], undefined> | null;
  readonly onRouted: Run<readonly [call: CallView, route: RouteView], Veto | undefined> | null;
  readonly onUpstreamResponse: Run<readonly [call: CallView, route: RouteView, status: number], undefined> | null;
  readonly onUpstreamError: Run<readonly [call: CallView, route: RouteView, verdict: Verdict], undefined> | null;
  readonly tapStream: ((call: CallView, route: RouteView) => CanonicalSink | undefined) | null;
  readonly onSettled: Run<readonly [call: CallView, settled: SettledView], undefined> | null;
  readonly onBatch: Run<readonly [batch: readonly SettledCall[]], undefined> | null;
}

/** Compiles the hooks of the plugins, given in the order of the configuration. */
export function compileHooks(sources: readonly HookSource[], faults: PluginFaults): HookPipeline {
  const gates = <Arguments extends readonly [CallView, ...unknown[]], Result>(
    place: HookName,
    read: (outcome: unknown) => Result | undefined,
  ): Run<Arguments, Result | undefined> | null =>
    inOrder(stepsOf(sources, place).map((step) => guardedGate<Arguments, Result>(step, faults, read)));
  const observers = <Arguments extends readonly [CallView, ...unknown[]]>(place: HookName): Run<Arguments, undefined> | null =>
    inOrder(stepsOf(sources, place).map((step) => onlyWhenItApplies(step, guardedObserver<Arguments>(step, faults))));
  const taps = stepsOf(sources, 'tapStream');
  return Object.freeze({
    onRequest: gates<readonly [CallView], never>('onRequest', () => undefined),
    onRouted: gates<readonly [CallView, RouteView], Veto>('onRouted', readVeto),
    onUpstreamResponse: observers<readonly [CallView, RouteView, number]>('onUpstreamResponse'),
    onUpstreamError: observers<readonly [CallView, RouteView, Verdict]>('onUpstreamError'),
    tapStream: taps.length === 0 ? null : (call: CallView, route: RouteView) => tapStream(taps, faults, call, route),
    onSettled: observers<readonly [CallView, SettledView]>('onSettled'),
    onBatch: inOrder(stepsOf(sources, 'onBatch').map((step) => batchObserver(step, faults))),
  });
}

function readVeto(outcome: unknown): Veto | undefined {
  if (typeof outcome !== 'object' || outcome === null || !('veto' in outcome)) return undefined;
  return { veto: String(outcome.veto) };
}

function onlyWhenItApplies<Arguments extends readonly [CallView, ...unknown[]]>(
  step: HookStep,
  run: Run<Arguments, undefined>,
): Run<Arguments, undefined> {
  return step.when === undefined ? run : (...args) => (applies(step, args[0]) ? run(...args) : undefined);
}

function batchObserver(step: HookStep, faults: PluginFaults): Run<readonly [readonly SettledCall[]], undefined> {
  const run = guardedObserver<readonly [readonly SettledCall[]]>(step, faults);
  return (batch) => {
    const wanted = step.when === undefined ? batch : batch.filter(({ call }) => applies(step, call));
    return wanted.length === 0 ? undefined : run(wanted);
  };
}
