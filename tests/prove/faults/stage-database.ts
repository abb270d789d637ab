import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import adapterOpenai from '@tollgate/adapter-openai';
import { type createGateway, createLogger, type Environment } from '@tollgate/core';
import { applyContext } from '../../../packages/core/src/cli/with-apply-context.js';
import { executeApply, parseApplyFile } from '../../../packages/core/src/modules/apply/index.js';
import { type ApplyDocument, reachingTestServers } from '../../support/apply-document.js';
import { createOwnDatabase } from '../../support/own-database.js';
import { quietly } from './call-facts.js';
import type { StageDatabase } from './fault-plan.js';
import { MoneyWitness } from './money-witness.js';

export const stageSecret = 'the master secret of the stage on which things break';

/** A database of a stage's own, SQLite in a folder or PostgreSQL. */
export interface StageStorage {
  readonly dataFolder: string;
  /** Set for PostgreSQL. */
  readonly databaseUrl: string | undefined;
  drop(): Promise<void>;
}

export async function createStageStorage(database: StageDatabase): Promise<StageStorage> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'tollgate-faults-'));
  const own = database === 'postgres' ? await createOwnDatabase() : undefined;
  return {
    dataFolder,
    databaseUrl: own?.url,
    async drop() {
      await own?.drop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** Parts of a gateway in this process; the database may be reached by another address than its own. */
export function stageParts({ dataFolder }: StageStorage, databaseUrl: string | undefined): Parameters<typeof createGateway>[0] {
  const environment: Environment = {
    port: 0,
    host: '127.0.0.1',
    dataFolder,
    masterSecret: stageSecret,
    logLevel: 'silent',
    trustedProxies: [],
    bodyBytesMax: 1_000_000,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  };
  return { environment, configuration: { plugins: [adapterOpenai()], folder: dataFolder }, logger: createLogger('silent') };
}

type Prepare = NonNullable<Parameters<typeof createGateway>[1]>;

/** Applies the document before the gateway serves. */
export function applying(document: ApplyDocument, environment: Environment): Prepare {
  const file = parseApplyFile(JSON.stringify(reachingTestServers(document)), 'stage.json', {});
  return async ({ database, plugins }) => {
    await executeApply(applyContext(environment, database, plugins.providers), file, { dryRun: false, prune: false });
  };
}

/** A witness that knows how the books stand now. */
export async function openWitness({ dataFolder, databaseUrl }: StageStorage): Promise<MoneyWitness> {
  const witness = await MoneyWitness.open({ dataFolder, ...(databaseUrl === undefined ? {} : { databaseUrl }) }, stageSecret);
  await witness.look([], quietly);
  return witness;
}
