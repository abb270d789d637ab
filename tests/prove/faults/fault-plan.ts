import { type FaultPoint, faultPoints } from '../../../packages/core/src/foundation/fault-points.js';
import { type Chance, chanceOf } from './chance.js';

/** What one caller does. Each is a model of the stage, whose upstream does what the name says. */
export const callKinds = ['whole', 'stream', 'failover', 'breaks', 'outgrows', 'leaves', 'refers', 'keyed', 'unstated', 'hedged'] as const;
export type CallKind = (typeof callKinds)[number];

/**
 * What happens at a point. `unavailable`: the database is away there, whether what was asked of it was done or not. `refused`: it refuses.
 * `connections-drop`: every connection to the database ends, and new ones are taken. `kill`: the process ends without a word.
 */
export type FaultAct = 'unavailable' | 'refused' | 'connections-drop' | 'client-leaves' | 'upstream-cuts' | 'wait' | 'kill';

export interface PlannedFault {
  readonly point: FaultPoint;
  /** Counts from 1: the how manieth time that the point is passed. */
  readonly occurrence: number;
  /** How many times in a row. */
  readonly times: number;
  readonly act: FaultAct;
  /** Of `wait`: how long. Of `kill`: how long after the point, so that it happens within the wait. */
  readonly delayMs: number;
}

export interface FaultPlan {
  readonly seed: number;
  readonly point: FaultPoint;
  readonly calls: readonly CallKind[];
  readonly faults: readonly PlannedFault[];
}

export type StageDatabase = 'sqlite' | 'postgres';

const allPoints = Object.keys(faultPoints) as FaultPoint[];

/** The points that calls pass on this database. */
export function pointsOn(database: StageDatabase): readonly FaultPoint[] {
  return allPoints.filter((point) => database === 'postgres' || !point.startsWith('postgres-'));
}

/** Where what is thrown is what the wait itself could throw. */
const throwing: { readonly [Point in FaultPoint]?: readonly FaultAct[] } = {
  'key-look-up': ['unavailable'],
  'idempotency-look-up': ['unavailable'],
  'reference-look-up': ['unavailable'],
  hold: ['unavailable'],
  extension: ['unavailable', 'refused'],
  settlement: ['unavailable', 'refused'],
  'settlement-refused': ['unavailable'],
  'batch-execution': ['unavailable', 'refused'],
  'batch-outcomes': ['unavailable'],
  'postgres-connection': ['unavailable'],
  'postgres-session': ['unavailable'],
  'postgres-reading': ['unavailable', 'refused'],
  'postgres-claims': ['unavailable', 'refused'],
  'postgres-writing': ['unavailable', 'refused'],
};

/** Points off the straight way, and what leads to them. */
const ways: Readonly<Record<string, { readonly calls?: readonly CallKind[]; readonly faults?: readonly PlannedFault[] }>> = {
  'idempotency-look-up': { calls: ['keyed'] },
  'postgres-claims': { calls: ['keyed'] },
  'channel-limits': { calls: ['failover'] },
  'attempt-pause': { calls: ['failover'] },
  'hedge-delay': { calls: ['hedged'] },
  'hedge-over': { calls: ['hedged'] },
  'reference-look-up': { calls: ['refers'] },
  extension: { calls: ['outgrows'] },
  drain: { calls: ['leaves'] },
  'token-count': { calls: ['unstated'] },
  'settlement-again': { faults: [fault('settlement', 'unavailable')] },
  'settlement-refused': { faults: [fault('settlement', 'refused')] },
  // The first batch waits for the other calls, so that there are halves.
  'batch-bisection': {
    calls: ['whole', 'whole', 'whole'],
    faults: [fault('batch-gathering', 'wait', 40), fault('batch-execution', 'refused')],
  },
  'batch-pause': { faults: [fault('batch-execution', 'unavailable')] },
  'postgres-connection': { faults: [fault('postgres-reading', 'unavailable')] },
  'postgres-session': { faults: [fault('postgres-reading', 'unavailable')] },
  // A settlement whose reply was lost is asked for again.
  'postgres-receipts': { calls: ['whole'], faults: [{ ...fault('batch-outcomes', 'unavailable'), occurrence: 2, times: 4 }] },
  'postgres-rollback': { faults: [fault('postgres-writing', 'refused')] },
};

function fault(point: FaultPoint, act: FaultAct, delayMs = 0): PlannedFault {
  return { point, occurrence: 1, times: 1, act, delayMs };
}

/** The faults of a seed in one process: its point in turn, the rest by chance. */
export function planOf(seed: number, database: StageDatabase): FaultPlan {
  const chance = chanceOf(seed);
  const points = pointsOn(database);
  const point = points[seed % points.length] as FaultPoint;
  const everywhere: readonly FaultAct[] = [
    'wait',
    'client-leaves',
    'upstream-cuts',
    ...(database === 'postgres' ? (['connections-drop'] as const) : []),
  ];
  const act = chance.oneOf([...everywhere, ...(throwing[point] ?? []), ...(throwing[point] ?? [])]);
  // Once is a hiccup; more often in a row, callers are told no and the writer goes on alone.
  const times = act === 'unavailable' ? 1 + chance.below(3) : 1;
  const faults = [
    ...(ways[point]?.faults ?? []),
    { point, occurrence: occurrenceAt(point, chance), times, act, delayMs: chance.below(20) },
  ];
  if (chance.below(3) === 0) {
    const other = chance.oneOf(points);
    faults.push({ point: other, occurrence: 1 + chance.below(3), times: 1, act: chance.oneOf(everywhere), delayMs: chance.below(20) });
  }
  return { seed, point, calls: callsFor(point, chance), faults };
}

/** A seed whose process is killed: at its point, or within the wait that the point stands before. */
export function killPlanOf(seed: number, database: StageDatabase): FaultPlan {
  const chance = chanceOf(seed);
  const points = pointsOn(database);
  const point = points[seed % points.length] as FaultPoint;
  const round = Math.floor(seed / points.length);
  const delayMs = round === 0 ? 0 : chance.below(2) * chance.below(4);
  const occurrence = round === 0 ? 1 : occurrenceAt(point, chance);
  return {
    seed,
    point,
    calls: callsFor(point, chance),
    faults: [...(ways[point]?.faults ?? []), { point, occurrence, times: 1, act: 'kill', delayMs }],
  };
}

/** Off the straight way a point is passed once. */
function occurrenceAt(point: FaultPoint, chance: Chance): number {
  return ways[point] === undefined ? 1 + chance.below(3) : 1;
}

function callsFor(point: FaultPoint, chance: Chance): readonly CallKind[] {
  const others = Array.from({ length: 3 }, () => chance.oneOf(callKinds.filter((kind) => kind !== 'refers')));
  const wanted = ways[point]?.calls ?? [];
  return [...wanted, ...others].slice(0, 3 + chance.below(2));
}
