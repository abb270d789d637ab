import type { TaskAdapter } from '../../task.js';
import type { Missing, Suite } from '../check.js';
import type { TaskRecording } from '../fixtures/task-recordings.js';
import { configChecks } from '../provider/config-checks.js';
import { taskDescriptionChecks } from './description-checks.js';
import { jobChecks } from './job-checks.js';

export interface TaskEvidence {
  /** What the vendor was heard to say: `__fixtures__/<task id>/task.json`. */
  readonly recording?: TaskRecording | undefined;
}

/** What every task adapter promises: that what is held covers what is used, and that an end is an end. */
export function taskSuite(task: TaskAdapter, { recording }: TaskEvidence = {}): Suite {
  const subject = `task ${task.id}`;
  return {
    name: task.id,
    checks: [
      ...configChecks(subject, task),
      ...taskDescriptionChecks(subject, task, recording),
      ...(recording?.jobs.flatMap((job) => jobChecks(subject, task, recording, job)) ?? []),
    ],
    missing: missingEvidence(subject, task, recording),
  };
}

function missingEvidence(subject: string, { id }: TaskAdapter, recording: TaskRecording | undefined): readonly Missing[] {
  const file = `__fixtures__/${id}/task.json`;
  const states = new Set(recording?.jobs.map(({ expected }) => expected.state));
  return [
    ...(states.has('done') ? [] : [{ subject, level: 'silver' as const, remedy: `Record a job that is done: ${file}` }]),
    ...(states.has('failed') ? [] : [{ subject, level: 'gold' as const, remedy: `Record a job that fails: ${file}` }]),
  ];
}
