import { finalTaskStates, type TaskAdapter, type TaskReport } from '../../task.js';
import { type Check, checksOf } from '../check.js';
import type { RecordedJob, TaskRecording } from '../fixtures/task-recordings.js';
import { insist, insistSame, shown } from '../insist.js';
import { deepFreeze, runPurely } from '../run-purely.js';
import { callOf, insistWellFormed } from './description-checks.js';

/** A recorded job, from its submission to its end. */
export function jobChecks(subject: string, task: TaskAdapter, recording: TaskRecording, job: RecordedJob): readonly Check[] {
  return checksOf(subject, 'silver', {
    [`follows "${job.name}" to its end`]: () => {
      const reports = reportsOf(task, job);
      for (const report of reports) insistWellFormed(report, job.name);
      const last = reports.at(-1)?.view;
      insistSame(last?.state, job.expected.state, 'It ends in another state.');
      if (job.expected.units !== undefined) insistSame(last?.units, job.expected.units, 'It used something else.');
      insist(last?.state !== 'done' || (last.artifacts ?? []).length > 0, 'It is done, and there is nothing to fetch.');
      insist(last?.state !== 'failed' || (last.reason ?? '') !== '', 'It failed, and nobody is told why.');
    },
    [`knows "${job.name}" again by one name`]: () => {
      const names = new Set(reportsOf(task, job).map(({ upstreamId }) => upstreamId));
      insist(names.size === 1, `The job is called ${[...names].join(' and ')}.`);
    },
    [`holds for "${job.name}" what it uses, or more`]: () => {
      const held = task.estimate(job.action, job.input, callOf(task, recording, job.model));
      for (const { view } of reportsOf(task, job)) {
        for (const [unit, used] of Object.entries(view.units ?? {})) {
          insist(used <= (held[unit] ?? 0), `It uses ${used} of ${unit}, and ${held[unit] ?? 0} were held.`);
        }
      }
    },
    [`lets "${job.name}" rest once it has ended`]: () => {
      const states = reportsOf(task, job).map(({ view }) => view.state);
      const end = states.findIndex((state) => finalTaskStates.has(state));
      const after = new Set(states.slice(end < 0 ? states.length : end));
      insist(end >= 0, `It never ends: ${states.join(', ')}.`);
      insist(after.size === 1, `It changes after its end: ${states.join(', ')}.`);
    },
    [`reads reports of "${job.name}" alike in whatever order they come`]: () => {
      const forwards = job.polled.map((body) => polled(task, body));
      const backwards = [...job.polled].reverse().map((body) => polled(task, body));
      insistSame(backwards.reverse(), forwards, `A report depends on those before it: ${shown(forwards)}`);
    },
  });
}

/** Everything that was told of the job itself; answers may tell of others, too. */
function reportsOf(task: TaskAdapter, { submitted, polled: bodies }: RecordedJob): readonly TaskReport[] {
  const first = runPurely(`${task.id}: submitted`, () => task.submitted(deepFreeze(structuredClone(submitted))));
  const later = bodies.map((body) => {
    const reports = polled(task, body);
    return reports.length === 1 ? reports : reports.filter(({ upstreamId }) => upstreamId === first.upstreamId);
  });
  return [first, ...later.flat()];
}

function polled(task: TaskAdapter, body: unknown): readonly TaskReport[] {
  return runPurely(`${task.id}: polled`, () => task.polled(deepFreeze(structuredClone(body))));
}
