import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { repositoryFolder } from '../support/repository.js';
import { proofOptions } from './proof-options.js';
import { ProofRecord } from './proof-record.js';

/** A line through samples: where it begins, and how far it has come at the end. */
interface Line {
  readonly from: number;
  readonly drift: number;
}

interface Soak {
  readonly answers: number;
  readonly samples: number;
  readonly resident: Line;
  readonly descriptors: Line;
  readonly loopP99: Line;
}

interface Stage {
  readonly folder: string;
}

/** The load is the benchmark's own. */
interface Bench {
  withStage<Result>(plan: object, work: (stage: Stage) => Promise<Result>): Promise<Result>;
  measureSoak(stage: Stage, minutes: number, say: (text: string) => void): Promise<Soak>;
}

const residentDriftMax = 0.2;
const descriptorsDriftMax = 20;
/** Milliseconds: what a busy machine does to a single sample is more. */
const loopP99DriftMax = 10;

async function loadBench(): Promise<Bench> {
  const from = async (file: string) => (await import(pathToFileURL(join(repositoryFolder, 'tests/bench', file)).href)) as Partial<Bench>;
  return { ...(await from('stage.mjs')), ...(await from('soak.mjs')) } as Bench;
}

function booksAreClean(dataFolder: string): boolean {
  const cli = join(repositoryFolder, 'packages/core/dist/cli.js');
  try {
    execFileSync(process.execPath, [cli, 'verify-ledger'], { env: { ...process.env, DATA_DIR: dataFolder }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!proofOptions.databases.includes('sqlite'))('a mixed load', () => {
  it('leaves memory, open files and the event loop as they are', async () => {
    const { soakMinutes } = proofOptions;
    const record = new ProofRecord('soak', 'sqlite', 'minutes');
    const bench = await loadBench();
    await bench.withStage({}, async (stage) => {
      const soak = await bench.measureSoak(stage, soakMinutes, (text) => process.stderr.write(`${text}\n`));
      const { resident, descriptors, loopP99 } = soak;
      record.figure('calls', String(soak.answers));
      record.figure('RSS', `${resident.from.toFixed(0)} MB, drift ${resident.drift.toFixed(1)} MB`);
      record.figure('open files', `${descriptors.from.toFixed(0)}, drift ${descriptors.drift.toFixed(1)}`);
      record.figure('delay of the event loop, p99', `${loopP99.from.toFixed(1)} ms, drift ${loopP99.drift.toFixed(1)} ms`);
      const violated = [
        ...(resident.drift <= resident.from * residentDriftMax ? [] : [`RSS grew by ${resident.drift.toFixed(1)} MB`]),
        ...(descriptors.drift <= descriptorsDriftMax ? [] : [`open files grew by ${descriptors.drift.toFixed(1)}`]),
        ...(loopP99.drift <= loopP99DriftMax ? [] : [`the event loop's delay grew by ${loopP99.drift.toFixed(1)} ms`]),
        ...(booksAreClean(join(stage.folder, 'power', 'data')) ? [] : ['verify-ledger is not clean']),
      ];
      record.tried(soakMinutes, { checked: 4, violated }, 'npm run prove -- --only soak');
    });
    expect(record.end()).toEqual([]);
  });
});
