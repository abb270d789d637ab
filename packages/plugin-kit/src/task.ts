import type { z } from 'zod';
import { DefinitionError } from './errors.js';
import type { UpstreamFailure, WireRequest } from './provider.js';
import type { Verdict } from './verdict.js';

/** How a job stands. The last three are final: a job in one of them never changes again. */
export const taskStates = ['queued', 'running', 'needs-input', 'done', 'failed', 'cancelled'] as const;

export type TaskState = (typeof taskStates)[number];

export const finalTaskStates: ReadonlySet<TaskState> = new Set(['done', 'failed', 'cancelled']);

/** Amounts of what a job uses, by their unit: `{ second: 5 }`, `{ image: 4 }`. Never negative. */
export type TaskUnits = Readonly<Record<string, number>>;

/** What is known of a job. */
export interface TaskView {
  readonly state: TaskState;
  /** From 0 to 1. */
  readonly progress?: number;
  /** Why it failed, for people. */
  readonly reason?: string;
  readonly artifacts?: readonly {
    readonly url: string;
    readonly mimeType?: string;
    /** Milliseconds since 1970. */
    readonly expiresAt?: number;
  }[];
  /** What it really used: settles what was held. Never more than was estimated. */
  readonly units?: TaskUnits;
  /** What may be asked of the result: `{ action: 'image.upscale', token: '…' }`. */
  readonly next?: readonly { readonly action: string; readonly token: string }[];
}

/** A view with the vendor's name of the job. */
export interface TaskReport {
  readonly upstreamId: string;
  readonly view: TaskView;
}

/** Facts of one job, as an adapter sees them. */
export interface TaskCall<Config> {
  /** The channel's configuration, validated, secrets in clear. */
  readonly config: Config;
  /** Name of the model at the upstream. */
  readonly model: string;
}

/**
 * Jobs that outlive the request that asked for them: videos, music, pictures. All functions are pure descriptions; the gateway sends, stores,
 * asks again and pays.
 */
export interface TaskAdapter<Schema extends z.ZodObject = z.ZodObject> {
  /** Lower case, `a-z0-9-`. */
  readonly id: string;
  readonly title: string;
  readonly config: Schema;
  /** What may be asked, `video.generate`, with the schema of its input. */
  readonly actions: Readonly<Record<string, z.ZodType>>;
  /** The most that the job can use: held before it is sent. */
  estimate(action: string, input: unknown, call: TaskCall<z.output<Schema>>): TaskUnits;
  submit(action: string, input: unknown, call: TaskCall<z.output<Schema>>): WireRequest;
  /** @throws UpstreamError if the body is an error, or names no job. */
  submitted(body: unknown): TaskReport;
  /** The requests that ask how these jobs stand: one for all, or one for each. */
  poll(upstreamIds: readonly string[], call: TaskCall<z.output<Schema>>): readonly WireRequest[];
  /** @throws UpstreamError if the body is an error. */
  polled(body: unknown): readonly TaskReport[];
  /** How long to wait before asking again, for a job of this age. */
  pollEveryMs(ageMs: number): number;
  cancel?(upstreamId: string, call: TaskCall<z.output<Schema>>): WireRequest;
  classify?(failure: UpstreamFailure): Partial<Verdict>;
}

/** Declares a task adapter; checks what types cannot. @throws DefinitionError */
export function defineTask<Schema extends z.ZodObject>(adapter: TaskAdapter<Schema>): TaskAdapter<Schema> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(adapter.id))
    throw new DefinitionError(`Task id "${adapter.id}": use lower-case letters, digits and hyphens.`);
  const actions = Object.keys(adapter.actions);
  const wrong = actions.find((action) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(action));
  if (wrong !== undefined || actions.length === 0)
    throw new DefinitionError(`Task ${adapter.id}: actions are named like video.generate, not "${wrong ?? ''}".`);
  return adapter;
}
