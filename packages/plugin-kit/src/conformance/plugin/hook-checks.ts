import type { CallView, HookOptions, Hooks, HookTable, RouteView, SettledView } from '../../hooks.js';
import { DeniedError } from '../../errors.js';
import { emptyUsage } from '../../usage.js';
import { verdictForStatus } from '../../verdict.js';
import { trialAnswers } from '../canonical/answers.js';
import { features } from '../canonical/features.js';
import { playResponse } from '../canonical/play-response.js';
import { type Check, checksOf } from '../check.js';
import { insist } from '../insist.js';
import { deepFreeze } from '../run-purely.js';
import { trialModel } from '../trial-context.js';

const route: RouteView = {
  channelId: 'channel-1',
  provider: 'vendor',
  model: trialModel,
  dialect: 'vendor-chat',
  lane: 'translate',
  attempt: 1,
};

/** Calls as hooks see them: of every kind of request, one that cannot be understood among them. */
function callViews(): readonly CallView[] {
  const shared = {
    requestId: 'request-1',
    dialect: 'vendor-chat',
    model: trialModel,
    stream: false,
    userId: 'user-1',
    group: 'default',
    tokenId: 'token-1',
    startedAt: 1_764_000_000_500,
    signal: new AbortController().signal,
  };
  const requests = [...features.map(({ asked }) => deepFreeze(asked)), undefined];
  return requests.map((request) => Object.freeze({ ...shared, canonical: () => request }));
}

const settled: SettledView = deepFreeze({
  usage: { ...emptyUsage(), inputText: 10, outputText: 20 },
  estimated: false,
  costMillipoints: 1_234n,
  outcome: 'ok',
  losses: [],
  totalMs: 40,
});

/** A gate may refuse, and nothing else; an observer listens. */
type Drive = (hooks: { readonly [Name in keyof Hooks]?: Hooks[Name] }, call: CallView) => unknown;

const drives: Readonly<Record<keyof Hooks, Drive>> = {
  onRequest: (hooks, call) => hooks.onRequest?.(call),
  onRouted: (hooks, call) => hooks.onRouted?.(call, route),
  onUpstreamResponse: (hooks, call) => hooks.onUpstreamResponse?.(call, route, 200),
  onUpstreamError: (hooks, call) => hooks.onUpstreamError?.(call, route, verdictForStatus(529, 'Busy.')),
  onSettled: (hooks, call) => hooks.onSettled?.(call, settled),
  onBatch: (hooks, call) => hooks.onBatch?.([{ call, settled }]),
  tapStream(hooks, call) {
    for (const { response } of trialAnswers('vendor')) {
      const tap = hooks.tapStream?.(call, route);
      if (tap !== undefined) playResponse(tap, response);
    }
  },
};

/** Hooks take any call, and gates refuse only by deny(). */
export function hookChecks(subject: string, table: HookTable): readonly Check[] {
  const names = Object.keys(table) as (keyof Hooks)[];
  const hooks = Object.fromEntries(Object.entries(table).map(([name, hook]) => [name, runOf(hook as HookOptions<unknown>)]));
  return [
    ...checksOf(subject, 'bronze', {
      'names only hooks that there are': () => {
        for (const name of names) insist(name in drives, `There is no hook "${name}". There are: ${Object.keys(drives).join(', ')}.`);
      },
    }),
    ...names
      .filter((name) => name in drives)
      .flatMap((name) =>
        checksOf(subject, 'bronze', {
          [`${name} takes any call${name === 'onRequest' || name === 'onRouted' ? ', or refuses it by deny()' : ''}`]: async () => {
            for (const call of callViews()) await withoutFault(name, () => drives[name](hooks, call));
          },
        }),
      ),
  ];
}

function runOf(hook: unknown): unknown {
  return typeof hook === 'function' ? hook : (hook as { readonly run?: unknown }).run;
}

async function withoutFault(name: keyof Hooks, run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (DeniedError.isInstance(error) && (name === 'onRequest' || name === 'onRouted')) return;
    throw error;
  }
}
