import { BadRequestError, DeniedError } from '@tollgate/plugin-kit';
import type { Awaitable, CallView, HookOptions, Hooks, HookTable } from '@tollgate/plugin-kit';
import { PluginFaultError } from './plugin-errors.js';
import type { PluginFaults } from './plugin-faults.js';
import { withinTime } from './within-time.js';

export type HookName = keyof Hooks;

/** The hooks of one plugin. */
export interface HookSource {
  readonly plugin: string;
  readonly hooks: HookTable;
}

/** One plugin's hook at one place, its defaults filled in. */
export interface HookStep<Name extends HookName = HookName> {
  readonly plugin: string;
  readonly place: Name;
  readonly run: Hooks[Name];
  readonly order: 'first' | 'plain' | 'last';
  readonly when: HookOptions<Hooks[Name]>['when'];
  readonly timeoutMs: number;
  readonly onFault: 'open' | 'closed';
}

export type Run<Arguments extends readonly unknown[], Result> = (...args: Arguments) => Awaitable<Result>;

const gateTimeoutMs = 2_000;
const observerTimeoutMs = 5_000;
const gates: ReadonlySet<HookName> = new Set(['onRequest', 'onRouted']);

/** The hooks at one place, in the order in which they run. */
export function stepsOf<Name extends HookName>(sources: readonly HookSource[], place: Name): readonly HookStep<Name>[] {
  const steps = sources.flatMap(({ plugin, hooks }) => stepOf(plugin, place, hooks));
  const ordered = (['first', 'plain', 'last'] as const).flatMap((order) => steps.filter((step) => step.order === order));
  return gates.has(place) ? ordered : ordered.reverse();
}

function stepOf<Name extends HookName>(plugin: string, place: Name, hooks: HookTable): readonly HookStep<Name>[] {
  const hook = hooks[place] as Hooks[Name] | HookOptions<Hooks[Name]> | undefined;
  if (hook === undefined) return [];
  const options: HookOptions<Hooks[Name]> = typeof hook === 'function' ? { run: hook.bind(hooks) as Hooks[Name] } : hook;
  return [
    {
      plugin,
      place,
      run: options.run,
      order: options.order ?? 'plain',
      when: options.when,
      timeoutMs: options.timeoutMs ?? (gates.has(place) ? gateTimeoutMs : observerTimeoutMs),
      onFault: options.onFault ?? 'closed',
    },
  ];
}

export function applies(step: HookStep, call: CallView): boolean {
  const { models, groups } = step.when ?? {};
  // `search` and not `test`, which remembers its place in expressions with the flag `g`.
  return (models === undefined || call.model.search(models) >= 0) && (groups === undefined || groups.includes(call.group));
}

/**
 * A gate as the kernel calls it: it may refuse by `deny`, and its own failures refuse the call unless it is open. `read` takes what the
 * kernel understands from the hook's outcome, so that nothing else a plugin returns can end the round.
 */
export function guardedGate<Arguments extends readonly [CallView, ...unknown[]], Result>(
  step: HookStep,
  faults: PluginFaults,
  read: (outcome: unknown) => Result | undefined,
): Run<Arguments, Result | undefined> {
  const fail = (error: unknown): undefined => {
    // A request that cannot be understood is the caller's fault, not the plugin's.
    if (DeniedError.isInstance(error) || BadRequestError.isInstance(error)) throw error;
    faults.record(step.plugin, step.place, error);
    if (step.onFault === 'closed') throw new PluginFaultError(step.plugin, step.place, error);
  };
  return (...args) => (applies(step, args[0]) ? attempt(step, args, read, fail) : undefined);
}

/** An observer as the kernel calls it: it returns nothing and never fails. */
export function guardedObserver<Arguments extends readonly unknown[]>(step: HookStep, faults: PluginFaults): Run<Arguments, undefined> {
  const fail = (error: unknown): undefined => {
    faults.record(step.plugin, step.place, error);
  };
  return (...args) => attempt(step, args, () => undefined, fail);
}

/** Runs hooks one after the other until one returns something; there is a promise only if a hook made one. */
export function inOrder<Arguments extends readonly unknown[], Result>(
  runs: readonly Run<Arguments, Result | undefined>[],
): Run<Arguments, Result | undefined> | null {
  const [only] = runs;
  if (only === undefined) return null;
  return runs.length === 1 ? only : (...args) => runFrom(runs, 0, args);
}

function runFrom<Arguments extends readonly unknown[], Result>(
  runs: readonly Run<Arguments, Result | undefined>[],
  start: number,
  args: Arguments,
): Awaitable<Result | undefined> {
  for (let index = start; index < runs.length; index += 1) {
    const outcome = runs[index]?.(...args);
    if (isThenable(outcome)) return outcome.then((value) => value ?? runFrom(runs, index + 1, args));
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

function attempt<Result>(
  step: HookStep,
  args: readonly unknown[],
  read: (outcome: unknown) => Result | undefined,
  fail: (error: unknown) => undefined,
): Awaitable<Result | undefined> {
  const run = step.run as (...args: readonly unknown[]) => unknown;
  try {
    const outcome = run(...args);
    return isThenable(outcome) ? withinTime(outcome, step.timeoutMs).then(read).catch(fail) : read(outcome);
  } catch (error) {
    return fail(error);
  }
}

function isThenable<Value>(value: Value | PromiseLike<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
