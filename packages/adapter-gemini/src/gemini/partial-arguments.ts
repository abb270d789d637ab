import { isJsonObject } from './wire.js';

/** Far above any list in real arguments; an index beyond it would make a list of holes. */
const indexMax = 10_000;

type Steps = readonly (string | number)[];

/** Collects arguments that arrive as values at JSON paths (`$.recipe.steps[8]`), texts in several pieces, into one object. */
export class PartialArguments {
  // Without a prototype, so that no path can reach one.
  readonly #root = Object.create(null) as Record<string, unknown>;

  /** One element of `partialArgs`; what has no readable path or value is skipped. */
  add(piece: unknown): void {
    if (!isJsonObject(piece) || typeof piece['jsonPath'] !== 'string') return;
    const steps = stepsOf(piece['jsonPath']);
    if (steps === undefined) return;
    if (typeof piece['stringValue'] === 'string') this.#put(steps, piece['stringValue']);
    else if (typeof piece['numberValue'] === 'number') this.#put(steps, piece['numberValue']);
    else if (typeof piece['boolValue'] === 'boolean') this.#put(steps, piece['boolValue']);
    else if ('nullValue' in piece) this.#put(steps, null);
  }

  /** Arguments that arrive whole, before or among the pieces. */
  addAll(args: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(args)) this.#root[name] = value;
  }

  toString(): string {
    return JSON.stringify(this.#root);
  }

  #put(steps: Steps, value: unknown): void {
    let place: Place = this.#root;
    for (const [depth, step] of steps.slice(0, -1).entries()) place = childOf(place, step, typeof steps[depth + 1] === 'number');
    const last = steps.at(-1) as keyof Place;
    const present: unknown = place[last];
    place[last] = typeof present === 'string' && typeof value === 'string' ? present + value : value;
  }
}

type Place = Record<string | number, unknown>;

function childOf(place: Place, step: string | number, isList: boolean): Place {
  const present = place[step];
  if (typeof present === 'object' && present !== null) return present as Place;
  const child = (isList ? [] : Object.create(null)) as Place;
  place[step] = child;
  return child;
}

/** The steps of a path such as `$.a.b[0]['c d']`, or undefined if it is of another kind. */
function stepsOf(path: string): Steps | undefined {
  if (!/^\$(?:\.[^.[\]]+|\[\d+\]|\['[^']*'\]|\["[^"]*"\])+$/.test(path)) return undefined;
  const steps = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/g)].map(
    ([, name, index, single, double]) => name ?? single ?? double ?? Number(index),
  );
  return steps.some((step) => typeof step === 'number' && step > indexMax) ? undefined : steps;
}
