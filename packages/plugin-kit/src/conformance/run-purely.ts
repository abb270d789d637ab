import { Socket } from 'node:net';

type Global = Record<string, unknown>;

const advice = 'Pure functions get time and ids from their context, and everything else as arguments.';

/**
 * Runs a function that the contract wants pure, with network, timers, clock and chance out of reach.
 * @throws Error naming what it reached for, even if it caught the refusal itself.
 */
export function runPurely<Result>(what: string, run: () => Result): Result {
  const touched: string[] = [];
  const refuse =
    (name: string) =>
    (..._args: unknown[]): never => {
      touched.push(name);
      throw new Error(`${what} reaches for ${name}. ${advice}`);
    };
  const outcome = attempt(run, poison(refuse));
  if (touched.length > 0) throw new Error(`${what} reaches for ${touched[0]}. ${advice}`);
  if ('error' in outcome) throw outcome.error;
  return outcome.result;
}

function attempt<Result>(run: () => Result, restore: () => void): { readonly result: Result } | { readonly error: unknown } {
  try {
    return { result: run() };
  } catch (error) {
    return { error };
  } finally {
    restore();
  }
}

/** Only for the time of one synchronous call, so that nobody else notices. */
function poison(refuse: (name: string) => (...args: unknown[]) => never): () => void {
  const globals = globalThis as unknown as Global;
  const undo: (() => void)[] = [];
  const replace = (owner: Global, key: string, value: unknown): void => {
    const before = Object.getOwnPropertyDescriptor(owner, key);
    if (before?.configurable !== true) return;
    Object.defineProperty(owner, key, { value, writable: true, configurable: true, enumerable: before.enumerable === true });
    undo.push(() => Object.defineProperty(owner, key, before));
  };
  for (const name of ['fetch', 'setTimeout', 'setInterval', 'setImmediate']) replace(globals, name, refuse(name));
  replace(globals, 'Date', timelessDate(refuse));
  replace(Math as unknown as Global, 'random', refuse('Math.random'));
  replace(Socket.prototype as unknown as Global, 'connect', refuse('the network'));
  return () => {
    for (const step of undo.reverse()) step();
  };
}

/** Dates may be read and computed; only what time it is now stays unknown. */
function timelessDate(refuse: (name: string) => (...args: unknown[]) => never): DateConstructor {
  const handler: ProxyHandler<DateConstructor> = {
    construct: (target, args: readonly unknown[]) =>
      args.length === 0 ? refuse('new Date()')() : (Reflect.construct(target, args) as Date),
    apply: refuse('Date()'),
    get: (target, key): unknown => (key === 'now' ? refuse('Date.now') : Reflect.get(target, key)),
  };
  return new Proxy(Date, handler);
}

/** Freezes plain objects and lists all the way down. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
