import { defineTask, secret, type TaskReport, type TaskState, UpstreamError, verdictForStatus, z } from '@tollgate/plugin-kit';
import type { TaskRecording } from '@tollgate/plugin-kit/conformance';

interface Job {
  readonly id?: unknown;
  readonly status?: unknown;
  readonly percent?: unknown;
  readonly film?: unknown;
  readonly seconds?: unknown;
  readonly error?: unknown;
}

const states: Readonly<Record<string, TaskState>> = { waiting: 'queued', filming: 'running', ready: 'done', broken: 'failed' };

/** A vendor of films that does nothing wrong. */
export const films = defineTask({
  id: 'films',
  title: 'Films',
  config: z.object({ apiKey: secret('API key') }),
  actions: { 'video.generate': z.object({ prompt: z.string().min(1), seconds: z.int().min(1).max(10).default(5) }) },
  estimate: (_action, input) => ({ second: (input as { seconds?: number }).seconds ?? 5 }),
  submit: (_action, input, { config, model }) => ({
    method: 'POST',
    url: 'https://films.example/jobs',
    headers: { authorization: `Bearer ${config.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...(input as object), model }),
  }),
  submitted: (body) => reportOf(body),
  poll: (ids, { config }) =>
    ids.map((id) => ({ method: 'GET', url: `https://films.example/jobs/${id}`, headers: { authorization: `Bearer ${config.apiKey}` } })),
  polled: (body) => [reportOf(body)],
  pollEveryMs: (ageMs) => (ageMs < 60_000 ? 2_000 : 10_000),
  cancel: (id) => ({ method: 'DELETE', url: `https://films.example/jobs/${id}`, headers: {} }),
});

function reportOf(body: unknown): TaskReport {
  const { id, status, percent, film, seconds, error } = (body ?? {}) as Job;
  const state = typeof status === 'string' ? states[status] : undefined;
  if (typeof id !== 'string' || state === undefined) throw new UpstreamError(verdictForStatus(502, 'This is no job.'));
  return {
    upstreamId: id,
    view: {
      state,
      ...(typeof percent === 'number' ? { progress: percent / 100 } : {}),
      ...(typeof film === 'string' ? { artifacts: [{ url: film, mimeType: 'video/mp4' }] } : {}),
      ...(typeof seconds === 'number' ? { units: { second: seconds } } : {}),
      ...(typeof error === 'string' ? { reason: error } : {}),
    },
  };
}

const ready = { id: 'job-7', status: 'ready', film: 'https://films.example/7.mp4', seconds: 4 };
const input = { prompt: 'A cat.', seconds: 5 };

export const filmRecording: TaskRecording = {
  config: { apiKey: 'made-up-key-0123456789' },
  jobs: [
    {
      name: 'a film',
      action: 'video.generate',
      input,
      model: 'some-model',
      submitted: { id: 'job-7', status: 'waiting' },
      polled: [{ id: 'job-7', status: 'filming', percent: 40 }, ready, ready],
      expected: { state: 'done', units: { second: 4 } },
    },
    {
      name: 'a film that fails',
      action: 'video.generate',
      input,
      model: 'some-model',
      submitted: { id: 'job-8', status: 'waiting' },
      polled: [{ id: 'job-8', status: 'broken', error: 'No film today.' }],
      expected: { state: 'failed' },
    },
  ],
};
