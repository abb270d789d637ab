import { databaseKinds } from '../support/own-database.js';
import type { StageDatabase } from './faults/fault-plan.js';

/** What `npm run prove` was asked for; scripts/prove.mjs hands it on. */
interface ProofOptions {
  readonly databases: readonly StageDatabase[];
  /** Seeds of the faults in one process, and how many beginnings are killed besides. */
  readonly seeds: number;
  readonly kills: number;
  readonly from: number;
  /** Receipts of the database in which one row is altered. */
  readonly rows: number;
  readonly soakMinutes: number;
}

function optionsFrom(text: string | undefined): ProofOptions {
  const given = JSON.parse(text ?? '{}') as Partial<Omit<ProofOptions, 'databases'>> & { readonly database?: StageDatabase };
  const databases = given.database === undefined ? databaseKinds : databaseKinds.filter((kind) => kind === given.database);
  return { seeds: 2_900, kills: 100, from: 0, rows: 1_000_000, soakMinutes: 30, ...given, databases };
}

export const proofOptions: ProofOptions = optionsFrom(process.env['TOLLGATE_PROVE']);
