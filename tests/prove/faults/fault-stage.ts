import { setTimeout as wait } from 'node:timers/promises';
import { createGateway, type Gateway } from '@tollgate/core';
import { StorageUnavailableError } from '../../../packages/core/src/foundation/errors.js';
import type { FaultPoint } from '../../../packages/core/src/foundation/fault-points.js';
import { type CuttableProxy, startCuttableProxy } from '../../support/cuttable-proxy.js';
import { chanceOf, type Chance } from './chance.js';
import { callersMax, type RunningCall, startCall } from './fault-calls.js';
import { faultDocument } from './fault-document.js';
import { type FaultPlan, type PlannedFault, planOf, type StageDatabase } from './fault-plan.js';
import { FaultUpstream } from './fault-upstream.js';
import type { Finding } from './checks.js';
import type { MoneyWitness } from './money-witness.js';
import { applying, createStageStorage, openWitness, stageParts, type StageStorage } from './stage-database.js';

/** Nothing moves any more once no point was passed for so long and no hold is open. */
const quietMs = 20;
/** Where a caller has left, nobody tells when its call is over: its hold may be on its way to the database still, which takes longer on a busy machine. */
const quietAfterLeavingMs = 200;
/** Nobody else is there to sweep. */
const nodeLeaseMs = 30_000;
const quietWaitMaxMs = 15_000;

export interface SeedResult {
  readonly plan: FaultPlan;
  /** The faults of the plan that came about. */
  readonly injected: readonly PlannedFault[];
  readonly finding: Finding;
}

/** A gateway in this process, at whose waits things break as a seed says. */
export class FaultStage {
  readonly #database: StageDatabase;
  readonly #upstream: FaultUpstream;
  readonly #proxy: CuttableProxy | undefined;
  readonly #dispose: () => Promise<void>;
  readonly #script = new FaultScript();
  #gateway: Gateway | undefined;
  #url = '';
  #witness: MoneyWitness | undefined;

  private constructor(database: StageDatabase, upstream: FaultUpstream, proxy: CuttableProxy | undefined, dispose: () => Promise<void>) {
    this.#database = database;
    this.#upstream = upstream;
    this.#proxy = proxy;
    this.#dispose = dispose;
  }

  static async open(database: StageDatabase): Promise<FaultStage> {
    const storage = await createStageStorage(database);
    const proxy = storage.databaseUrl === undefined ? undefined : await startCuttableProxy(placeOf(storage.databaseUrl));
    const stage = new FaultStage(database, await FaultUpstream.start(), proxy, async () => {
      await proxy?.close();
      await storage.drop();
    });
    await stage.#start(storage);
    return stage;
  }

  async run(seed: number): Promise<SeedResult> {
    const plan = planOf(seed, this.#database);
    const chance = chanceOf(seed ^ 0x5eed);
    this.#upstream.forget();
    const calls: RunningCall[] = [];
    this.#script.arm(plan.faults, (fault) => this.#act(fault, calls, chance));
    for (const [index, kind] of plan.calls.entries()) calls.push(startCall(this.#url, kind, index, seed));
    const courses = await Promise.all(calls.map((call) => call.course));
    const quiet = await this.#untilQuiet(courses.some(({ clientLeft }) => clientLeft) ? quietAfterLeavingMs : quietMs);
    const injected = this.#script.disarm();
    const finding = await this.#openWitness.look(courses, { requestsOf: (marker) => this.#upstream.requestsOf(marker), injected });
    if (quiet) return { plan, injected, finding };
    return { plan, injected, finding: { ...finding, violated: [...finding.violated, `a hold was still open after ${quietWaitMaxMs} ms`] } };
  }

  async close(): Promise<void> {
    await this.#gateway?.close();
    await this.#witness?.close();
    await this.#upstream.close();
    await this.#dispose();
  }

  async #start(storage: StageStorage): Promise<void> {
    const parts = stageParts(storage, this.#proxy && storage.databaseUrl && through(this.#proxy, storage.databaseUrl));
    const faults = (point: FaultPoint) => this.#script.reached(point);
    this.#gateway = await createGateway(
      { ...parts, faults },
      applying(faultDocument(this.#upstream, callersMax, nodeLeaseMs), parts.environment),
    );
    this.#url = (await this.#gateway.listen()).url;
    this.#witness = await openWitness(storage);
  }

  get #openWitness(): MoneyWitness {
    if (this.#witness === undefined) throw new Error('The stage is not open.');
    return this.#witness;
  }

  async #act({ act, delayMs }: PlannedFault, calls: readonly RunningCall[], chance: Chance): Promise<void> {
    switch (act) {
      case 'unavailable':
        throw new StorageUnavailableError('The database is away, as planned.');
      case 'refused':
        throw new Error('The database refuses this, as planned.');
      case 'connections-drop':
        this.#proxy?.cut();
        this.#proxy?.mend();
        return;
      case 'client-leaves':
        chance.oneOf(calls).leave();
        return;
      case 'upstream-cuts':
        this.#upstream.cutOne(chance);
        return;
      default:
        await wait(delayMs);
    }
  }

  async #untilQuiet(forMs: number): Promise<boolean> {
    const deadline = Date.now() + quietWaitMaxMs;
    while (Date.now() < deadline) {
      if (this.#script.quietForMs() >= forMs && (await this.#openWitness.openHolds()) === 0) return true;
      await wait(5);
    }
    return false;
  }
}

/** Counts how often each point is passed, and lets the planned faults happen. */
class FaultScript {
  #faults: readonly PlannedFault[] = [];
  #act: (fault: PlannedFault) => Promise<void> = async () => undefined;
  readonly #passed = new Map<FaultPoint, number>();
  #injected: PlannedFault[] = [];
  #lastAt = 0;

  arm(faults: readonly PlannedFault[], act: (fault: PlannedFault) => Promise<void>): void {
    this.#faults = faults;
    this.#act = act;
    this.#passed.clear();
    this.#injected = [];
  }

  /** Returns what came about. */
  disarm(): readonly PlannedFault[] {
    this.#faults = [];
    return this.#injected;
  }

  quietForMs(): number {
    return Date.now() - this.#lastAt;
  }

  async reached(point: FaultPoint): Promise<void> {
    this.#lastAt = Date.now();
    const occurrence = (this.#passed.get(point) ?? 0) + 1;
    this.#passed.set(point, occurrence);
    for (const fault of this.#faults) {
      if (fault.point !== point || occurrence < fault.occurrence || occurrence >= fault.occurrence + fault.times) continue;
      this.#injected.push(fault);
      await this.#act(fault);
      this.#lastAt = Date.now();
    }
  }
}

function placeOf(databaseUrl: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(databaseUrl);
  return { host: hostname, port: Number(port || 5_432) };
}

function through(proxy: CuttableProxy, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return url.href;
}
