import type { DependencyContainer } from 'tsyringe';
import { PostgresWindows } from '../cluster/postgres-windows.js';
import { systemClock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import { claimExpiryJob } from '../modules/idempotency/index.js';
import { HoldSweeper, ledgerSettings, spendCounterExpiryJob } from '../modules/ledger/index.js';
import { priceSyncJobs, priceSyncSettings } from '../modules/price-sync/index.js';
import { resourceExpiryJob } from '../modules/resources/index.js';
import { settlementSettings, sweepPolicyOf } from '../modules/settlement/index.js';
import { channelRunKinds, RunInterruptedError } from '../modules/upkeep/index.js';
import { type JobHandler, JobRunner } from '../storage/job-runner.js';
import type { Foundations } from './foundations.js';
import { tokens } from './tokens.js';

const hourMs = 3_600_000;

/** What the books and tables need, each once in the whole cluster. None of it waits for anybody outside. */
export function jobsOf(container: DependencyContainer, { database, settings }: Foundations, logger: Logger): JobRunner {
  const sweeper = new HoldSweeper({
    database,
    lease: container.resolve(tokens.lease),
    writer: container.resolve(tokens.ledger),
    policy: (model) =>
      sweepPolicyOf(container.resolve(tokens.models).find(model)?.settlement?.nodeDied ?? settings.current(settlementSettings).nodeDied),
  });
  return new JobRunner({
    database,
    handlers: [
      sweeper.job(() => settings.current(ledgerSettings).nodeLeaseMs),
      resourceExpiryJob(database, systemClock),
      ...(database.kind === 'postgres' ? [overWindowsJob(new PostgresWindows(database))] : []),
      spendCounterExpiryJob(database, systemClock),
      claimExpiryJob(database, systemClock),
    ],
    // What a dead node was at work on is free as soon as its holds are: the sweep itself may be among it.
    leaseMs: settings.current(ledgerSettings).nodeLeaseMs,
    onFailure: tellFailure(logger),
  });
}

/** What asks and tells others, who may take their time: on a runner of its own, so that no hold waits for them. */
export function outsideJobsOf(container: DependencyContainer, { database, settings }: Foundations, logger: Logger): JobRunner {
  return new JobRunner({
    database,
    handlers: [
      container.resolve(tokens.modelSync).job(),
      container.resolve(tokens.channelTests).job(),
      container.resolve(tokens.outageWatch).job(),
      container.resolve(tokens.healthNotices).job(),
      ...priceSyncJobs({
        sync: container.resolve(tokens.priceSync),
        clock: systemClock,
        log: logger,
        settings: () => settings.current(priceSyncSettings),
      }),
    ],
    onFailure: tellFailure(logger),
  });
}

/** Runs take as long as their channels do: each kind on a runner of its own, so that nothing waits for them. */
export function channelRunJobsOf(
  container: DependencyContainer,
  { database, settings }: Foundations,
  logger: Logger,
): readonly JobRunner[] {
  const runs = container.resolve(tokens.channelRuns);
  const tell = tellFailure(logger);
  return channelRunKinds.map(
    (kind) =>
      new JobRunner({
        database,
        handlers: [runs.job(kind)],
        leaseMs: settings.current(ledgerSettings).nodeLeaseMs,
        onFailure: (job, error) => {
          if (error instanceof RunInterruptedError) logger.info({ kind: job }, error.message);
          else tell(job, error);
        },
      }),
  );
}

function tellFailure(logger: Logger): (kind: string, error: unknown) => void {
  return (kind, error) => logger.error({ err: error, kind }, 'A background job failed; it is tried again');
}

/** Addresses come and go: their rows must not stay for ever. */
function overWindowsJob(windows: PostgresWindows): JobHandler {
  return { kind: 'limit-windows', everyMs: () => hourMs, run: () => windows.removeOver() };
}
