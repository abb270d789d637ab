import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createGateway } from '@tollgate/core';
import { collect } from '../../support/command.js';
import { eventually } from '../../support/eventually.js';
import { type CallCourse, callersMax, startCall } from './fault-calls.js';
import { faultDocument } from './fault-document.js';
import { type FaultPlan, killPlanOf, type PlannedFault, type StageDatabase } from './fault-plan.js';
import { FaultUpstream } from './fault-upstream.js';
import type { Finding } from './checks.js';
import type { MoneyWitness } from './money-witness.js';
import { applying, createStageStorage, openWitness, stageParts, stageSecret, type StageStorage } from './stage-database.js';

/** Callers have to be told apart until the books are looked at. */
export const killsInRowMax = 50;

/** How long the dead count as alive: the tests wait for it. */
const nodeLeaseMs = 600;
const startTimeMaxMs = 90_000;
/** A process that has not come to its point by then, does not. */
const killWaitMaxMs = 3_000;
const sweepTimeMaxMs = 60_000;

export interface KillResult {
  readonly plan: FaultPlan;
  /** False if the calls ended before the point was reached. */
  readonly killed: boolean;
}

export interface ChainResult {
  readonly kills: readonly KillResult[];
  /** After the last kill, a restart and its sweep. */
  readonly finding: Finding;
}

/** Real processes on one database, each killed without a word at a point of its calls; then one that lives, and the books. */
export class KillStage {
  readonly #database: StageDatabase;
  readonly #storage: StageStorage;
  readonly #upstream: FaultUpstream;
  readonly #witness: MoneyWitness;

  private constructor(database: StageDatabase, storage: StageStorage, upstream: FaultUpstream, witness: MoneyWitness) {
    this.#database = database;
    this.#storage = storage;
    this.#upstream = upstream;
    this.#witness = witness;
  }

  static async open(database: StageDatabase): Promise<KillStage> {
    const storage = await createStageStorage(database);
    const upstream = await FaultUpstream.start();
    const parts = stageParts(storage, storage.databaseUrl);
    const gateway = await createGateway(
      parts,
      applying(faultDocument(upstream, callersMax * killsInRowMax, nodeLeaseMs), parts.environment),
    );
    await gateway.close();
    return new KillStage(database, storage, upstream, await openWitness(storage));
  }

  /** One kill after another, each process beginning where the one before was killed. */
  async run(seeds: readonly number[]): Promise<ChainResult> {
    this.#upstream.forget();
    const courses: CallCourse[] = [];
    const kills: KillResult[] = [];
    for (const [index, seed] of seeds.entries()) {
      const plan = killPlanOf(seed, this.#database);
      const victim = await Victim.start(this.#storage, plan.faults);
      const calls = plan.calls.map((kind, caller) => startCall(victim.url, kind, index * callersMax + caller, seed));
      courses.push(...(await Promise.all(calls.map((call) => call.course))));
      kills.push({ plan, killed: await victim.diedByItself() });
    }
    const survivor = await Victim.start(this.#storage, []);
    await eventually('every hold of the killed processes is swept', async () => (await this.#witness.openHolds()) === 0, sweepTimeMaxMs);
    const finding = await this.#witness.look(courses, {
      requestsOf: (marker) => this.#upstream.requestsOf(marker),
      injected: kills.flatMap(({ plan }) => plan.faults),
    });
    await survivor.stop();
    return { kills, finding };
  }

  async close(): Promise<void> {
    await this.#witness.close();
    await this.#upstream.close();
    await this.#storage.drop();
  }
}

class Victim {
  readonly #process: ChildProcess;
  readonly #gone: Promise<unknown>;

  private constructor(
    process: ChildProcess,
    gone: Promise<unknown>,
    readonly url: string,
  ) {
    this.#process = process;
    this.#gone = gone;
  }

  static async start({ dataFolder, databaseUrl }: StageStorage, faults: readonly PlannedFault[]): Promise<Victim> {
    const variables = {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataFolder,
      TOLLGATE_SECRET: stageSecret,
      LOG_LEVEL: 'error',
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    };
    const file = join(import.meta.dirname, 'victim.mjs');
    const child = spawn(process.execPath, [file, JSON.stringify({ variables, faults })], { stdio: ['ignore', 'pipe', 'pipe'] });
    const gone = new Promise((resolve) => child.once('close', resolve));
    const [output, errors] = [collect(child.stdout), collect(child.stderr)];
    const serves = eventually('the process serves', () => output.text().includes('\n') || child.exitCode !== null, startTimeMaxMs);
    await serves.catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    if (child.exitCode !== null) throw new Error(`The process ended while starting:\n${errors.text()}`);
    return new Victim(child, gone, output.text().trim());
  }

  /** Waits for the end that was planned; makes one otherwise. */
  async diedByItself(): Promise<boolean> {
    const waited = await Promise.race([this.#gone.then(() => true), wait(killWaitMaxMs, false, { ref: false })]);
    if (!waited) await this.#end('SIGKILL');
    return waited && this.#process.signalCode === 'SIGKILL';
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#process.kill(signal);
    await this.#gone;
  }
}
