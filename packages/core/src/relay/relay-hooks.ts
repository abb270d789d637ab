import type { Awaitable, CallView, CanonicalSink, RouteView, SettledView, Verdict } from '@tollgate/plugin-kit';

/** What the relay asks of plugins; null where none listens, so that unused hooks cost a comparison. */
export interface RelayHooks {
  readonly onRequest: ((call: CallView) => Awaitable<undefined>) | null;
  readonly onRouted: ((call: CallView, route: RouteView) => Awaitable<{ readonly veto: string } | undefined>) | null;
  readonly onUpstreamResponse: ((call: CallView, route: RouteView, status: number) => Awaitable<undefined>) | null;
  readonly onUpstreamError: ((call: CallView, route: RouteView, verdict: Verdict) => Awaitable<undefined>) | null;
  readonly tapStream: ((call: CallView, route: RouteView) => CanonicalSink | undefined) | null;
  readonly onSettled: ((call: CallView, settled: SettledView) => Awaitable<undefined>) | null;
  readonly onBatch: ((batch: readonly { readonly call: CallView; readonly settled: SettledView }[]) => Awaitable<undefined>) | null;
}
