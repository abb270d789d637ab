import { secretFields } from '../../config-schema.js';
import { UpstreamError } from '../../errors.js';
import type { WireRequest } from '../../provider.js';
import { type TaskAdapter, type TaskCall, type TaskReport, taskStates } from '../../task.js';
import { junkDocuments } from '../canonical/junk.js';
import { type Check, checksOf } from '../check.js';
import type { RecordedJob, TaskRecording } from '../fixtures/task-recordings.js';
import { insist, insistSame, shown } from '../insist.js';
import { sampleConfig } from '../provider/config-samples.js';
import { deepFreeze, runPurely } from '../run-purely.js';
import { trialModel } from '../trial-context.js';

type Config = Readonly<Record<string, unknown>>;

export function callOf(task: TaskAdapter, recording?: TaskRecording, model = trialModel): TaskCall<Config> {
  return deepFreeze({ config: sampleConfig(task, recording?.config), model });
}

/** What an adapter says of its vendor, without having heard it. */
export function taskDescriptionChecks(subject: string, task: TaskAdapter, recording?: TaskRecording): readonly Check[] {
  const call = callOf(task, recording);
  return [
    ...checksOf(subject, 'bronze', {
      'is declared in full': () => {
        insist(/^[a-z0-9][a-z0-9-]*$/.test(task.id), `The id "${task.id}" must be lower-case letters, digits and hyphens.`);
        insist(task.title !== '', 'title must be a text.');
        const wrong = Object.keys(task.actions).find((action) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(action));
        insist(Object.keys(task.actions).length > 0 && wrong === undefined, `Actions are named like video.generate, not "${wrong ?? ''}".`);
      },
      'asks for the state of jobs, each time alike, and sends nothing': () => {
        const ids = Object.freeze(['job-1', 'job-2']);
        const ask = (): readonly WireRequest[] => runPurely(`${task.id}: poll`, () => task.poll(ids, call));
        const requests = ask();
        insist(requests.length > 0, 'There is no request.');
        for (const request of requests) insistSendable(task, request, call);
        insistSame(ask(), requests, 'The same jobs were asked for in another way.');
        for (const id of ids) insist(JSON.stringify(requests.map(textOf)).includes(id), `The job ${id} is in no request.`);
      },
      'waits before it asks again': () => {
        for (const ageMs of [0, 1_000, 60_000, 3_600_000, 86_400_000]) {
          const waitMs = runPurely(`${task.id}: pollEveryMs`, () => task.pollEveryMs(ageMs));
          insist(Number.isFinite(waitMs) && waitMs >= 100 && waitMs <= 3_600_000, `At an age of ${ageMs} ms it waits for ${waitMs} ms.`);
        }
      },
      'takes any body for a report, or throws an UpstreamError': () => {
        for (const body of junkDocuments) {
          for (const report of reportsOrRefusal(task, body)) insistWellFormed(report, body);
        }
      },
      ...(task.cancel === undefined
        ? {}
        : {
            'describes how a job is cancelled': () => {
              const request = runPurely(`${task.id}: cancel`, () => task.cancel?.('job-1', call));
              if (request !== undefined) insistSendable(task, request, call);
              insist(JSON.stringify(textOf(request)).includes('job-1'), 'The job is not in the request.');
            },
          }),
    }),
    ...(recording?.jobs ?? []).flatMap((job) => submissionChecks(subject, task, recording, job)),
  ];
}

function submissionChecks(subject: string, task: TaskAdapter, recording: TaskRecording | undefined, job: RecordedJob): readonly Check[] {
  const call = callOf(task, recording, job.model);
  const input: unknown = deepFreeze(structuredClone(job.input));
  return checksOf(subject, 'silver', {
    [`takes the input of "${job.name}"`]: () => {
      const schema = task.actions[job.action];
      insist(schema !== undefined, `There is no action "${job.action}". There are: ${Object.keys(task.actions).join(', ')}.`);
      const { error } = schema.safeParse(input);
      insist(error === undefined, `${error?.issues[0]?.path.join('.') ?? ''}: ${error?.issues[0]?.message ?? ''}`);
    },
    [`submits "${job.name}" each time alike, and sends nothing`]: () => {
      const submit = (): WireRequest => runPurely(`${task.id}: submit`, () => task.submit(job.action, input, call));
      insistSendable(task, submit(), call);
      insistSame(submit(), submit(), 'The same job was submitted in another way.');
    },
    [`estimates "${job.name}" at more than nothing, each time alike`]: () => {
      const estimate = (): unknown => runPurely(`${task.id}: estimate`, () => task.estimate(job.action, input, call));
      const units = Object.entries(estimate() as object) as [string, number][];
      insist(
        units.every(([, amount]) => Number.isFinite(amount) && amount >= 0),
        `Amounts are numbers of zero or more: ${shown(units)}`,
      );
      insist(
        units.some(([, amount]) => amount > 0),
        'Nothing would be held for it.',
      );
      insistSame(estimate(), estimate(), 'The same job was estimated in another way.');
    },
  });
}

function insistSendable(task: TaskAdapter, { url, method, headers }: WireRequest, { config }: TaskCall<Config>): void {
  insist(/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''), `"${url}" is no web address.`);
  insist(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method), `"${method}" is no method.`);
  insist(
    Object.values(headers).every((value) => typeof value === 'string'),
    'Headers are texts.',
  );
  for (const name of secretFields(task.config)) {
    const value = config[name];
    insist(typeof value !== 'string' || !url.includes(value), `The secret "${name}" is in the address, which is written to logs.`);
  }
}

function textOf(request: WireRequest | undefined): unknown {
  if (request === undefined) return '';
  const { url, body } = request;
  return [url, typeof body === 'string' || body === undefined ? (body ?? '') : Buffer.from(body).toString()];
}

function reportsOrRefusal(task: TaskAdapter, body: unknown): readonly TaskReport[] {
  const frozen = deepFreeze(structuredClone(body));
  return [
    ...orNothing(() => [runPurely(`${task.id}: submitted`, () => task.submitted(frozen))], body),
    ...orNothing(() => runPurely(`${task.id}: polled`, () => task.polled(frozen)), body),
  ];
}

function orNothing(read: () => readonly TaskReport[], body: unknown): readonly TaskReport[] {
  try {
    return read();
  } catch (error) {
    if (UpstreamError.isInstance(error)) return [];
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n  body: ${shown(body)}`, { cause: error });
  }
}

/** @throws Error unless the report says something that can be worked with. */
export function insistWellFormed({ upstreamId, view }: TaskReport, source: unknown): void {
  const told = `\n  body: ${shown(source)}`;
  insist(typeof upstreamId === 'string' && upstreamId !== '', `A report names its job.${told}`);
  insist(taskStates.includes(view.state), `There is no state "${view.state}".${told}`);
  insist(
    view.progress === undefined || (view.progress >= 0 && view.progress <= 1),
    `Progress is ${view.progress}, not from 0 to 1.${told}`,
  );
  for (const { url } of view.artifacts ?? []) insist(URL.canParse(url), `"${url}" is no address of an artifact.${told}`);
  for (const [unit, amount] of Object.entries(view.units ?? {})) {
    insist(Number.isFinite(amount) && amount >= 0, `${unit} is ${amount}, not an amount.${told}`);
  }
}
