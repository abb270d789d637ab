import { defineTask, type TaskAdapter, type TaskReport, type TaskView } from '@tollgate/plugin-kit';
import { runSuite, taskSuite } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import { findCheck, problemOf } from './find-check.js';
import { filmRecording as recording, films } from './task-double.js';

const real = films as unknown as TaskAdapter;

function adapter(change: Partial<TaskAdapter>): TaskAdapter {
  return { ...real, ...change };
}

function viewing(change: (view: TaskView) => object): TaskAdapter {
  const changed = ({ upstreamId, view }: TaskReport): TaskReport => ({ upstreamId, view: { ...view, ...change(view) } });
  return adapter({ submitted: (body) => changed(real.submitted(body)), polled: (body) => real.polled(body).map(changed) });
}

let calls = 0;
let ends = 0;

type BrokenTask = readonly [flaw: string, task: TaskAdapter, check: string, problem: RegExp];

const broken: readonly BrokenTask[] = [
  ['no action', adapter({ actions: {} }), 'is declared in full', /video\.generate/],
  [
    'its key in the address',
    adapter({
      poll: (ids, { config }) =>
        ids.map((id) => ({ method: 'GET', url: `https://films.example/${id}?key=${String(config['apiKey'])}`, headers: {} })),
    }),
    'asks for the state',
    /apiKey/,
  ],
  [
    'a question about nothing',
    adapter({ poll: () => [{ method: 'GET', url: 'https://films.example/jobs', headers: {} }] }),
    'asks for the state',
    /job-1/,
  ],
  ['no question', adapter({ poll: () => [] }), 'asks for the state', /no request/],
  ['a look at the clock', adapter({ poll: (ids, call) => (Date.now(), real.poll(ids, call)) }), 'asks for the state', /Date\.now/],
  ['no patience', adapter({ pollEveryMs: () => 0 }), 'waits before', /0 ms/],
  [
    'trust in bodies',
    adapter({ submitted: (body) => ({ upstreamId: (body as { id: string }).id.trim(), view: { state: 'queued' } }) }),
    'takes any body',
    /trim|Cannot read/,
  ],
  [
    'a state of its own',
    adapter({ polled: () => [{ upstreamId: 'job-1', view: { state: 'resting' as 'done' } }] }),
    'takes any body',
    /resting/,
  ],
  [
    'another job to cancel',
    adapter({ cancel: () => ({ method: 'DELETE', url: 'https://films.example/jobs', headers: {} }) }),
    'cancelled',
    /not in the request/,
  ],
  [
    'another action',
    adapter({ actions: { 'video.cut': films.actions['video.generate'] as never } }),
    'takes the input of "a film"',
    /no action "video\.generate"/,
  ],
  [
    'a new submission each time',
    adapter({ submit: (...given) => ({ ...real.submit(...given), body: `${(calls += 1)}` }) }),
    'submits "a film" each',
    /another way/,
  ],
  ['films for nothing', adapter({ estimate: () => ({}) }), 'estimates "a film" at', /Nothing would be held/],
  ['less than nothing', adapter({ estimate: () => ({ second: -1 }) }), 'estimates "a film" at', /zero or more/],
  ['a low estimate', adapter({ estimate: () => ({ second: 3 }) }), 'holds for "a film" what', /uses 4 of second, and 3 were held/],
  [
    'another end',
    viewing(({ state }) => (state === 'done' ? { state: 'failed', reason: 'x' } : {})),
    'follows "a film" to',
    /another state/,
  ],
  ['other units', viewing(({ units }) => (units === undefined ? {} : { units: { second: 5 } })), 'follows "a film" to', /something else/],
  ['nothing to fetch', viewing(() => ({ artifacts: [] })), 'follows "a film" to', /nothing to fetch/],
  ['no reason', viewing(() => ({ reason: '' })), 'follows "a film that fails" to', /nobody is told why/],
  [
    'progress in percent',
    viewing(({ progress }) => (progress === undefined ? {} : { progress: progress * 100 })),
    'follows "a film" to',
    /from 0 to 1/,
  ],
  [
    'two names',
    adapter({ submitted: (body) => ({ ...real.submitted(body), upstreamId: 'mine' }) }),
    'knows "a film" again',
    /mine and job-7|mine/,
  ],
  [
    'second thoughts',
    adapter({
      polled: (body) =>
        real
          .polled(body)
          .map((report) =>
            report.view.state === 'done' && (ends += 1) % 2 === 0 ? { ...report, view: { state: 'running' as const } } : report,
          ),
    }),
    'lets "a film" rest',
    /changes after its end/,
  ],
  [
    'a memory',
    adapter({ polled: (body) => real.polled(body).map((report) => ({ ...report, view: { ...report.view, progress: 1 / (calls += 1) } })) }),
    'reports of "a film" alike',
    /depends on/,
  ],
];

describe('a task adapter', () => {
  it('conforms if it does nothing wrong', async () => {
    const report = await runSuite(taskSuite(real, { recording }));
    expect(report.results.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(report.badge).toBe('gold');
  });

  it.each(broken.map(([flaw, task, check, problem]) => ({ flaw, task, check, problem })))(
    'with $flaw does not conform: $check',
    async ({ task, check, problem }) => {
      expect(await problemOf(findCheck(taskSuite(task, { recording }), check))).toMatch(problem);
    },
  );

  it('does not conform if a job never ends', async () => {
    const [film] = recording.jobs;
    const jobs = film === undefined ? [] : [{ ...film, polled: film.polled.slice(0, 1) }];
    expect(await problemOf(findCheck(taskSuite(real, { recording: { ...recording, jobs } }), 'lets "a film" rest'))).toMatch(/never ends/);
  });

  it('lacks what nobody recorded', () => {
    expect(taskSuite(real).missing.map(({ level }) => level)).toEqual(['silver', 'gold']);
    expect(taskSuite(real, { recording }).missing).toEqual([]);
  });

  it.each([
    [{ id: 'Films' }, /lower-case/],
    [{ actions: {} }, /video\.generate/],
  ])('is not defined with %j', (change, problem) => {
    expect(() => defineTask(adapter(change))).toThrow(problem);
  });
});
