import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { emptyUsage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { StorageUnavailableError } from '../../foundation/errors.js';
import { millipoints } from '../../foundation/millipoints.js';
import { metricsPage } from '../../testing/metrics-page.js';
import { GatewayMetrics, type MeasuredCall, type MetricSources } from './index.js';

const published = fileURLToPath(new URL('../../../../../docs/metrics.md', import.meta.url));

function metricsWith(sources: Partial<MetricSources> = {}): GatewayMetrics {
  return new GatewayMetrics({
    version: '1.2.3',
    circuits: () => [],
    spentCaps: () => [],
    channelNameOf: (id) => `named ${id}`,
    openHolds: async () => ({ count: 0, amount: millipoints(0n) }),
    ...sources,
  });
}

function callTo(...channelIds: readonly string[]): MeasuredCall {
  const attempts = channelIds.map((channelId) => ({ channelId, startedMs: 0, durationMs: 1 }));
  return { dialect: 'chat', outcome: 'ok', usage: emptyUsage(), attempts, totalMs: 20 };
}

describe('metrics', () => {
  it('are published in docs/metrics.md as they are declared; UPDATE_DOCS=1 writes it anew', () => {
    const page = metricsPage(metricsWith().declared());
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(published, page);
    expect(readFileSync(published, 'utf8')).toBe(page);
  });

  it('give so many channels a series of their own, and all others one together', async () => {
    const metrics = metricsWith();
    for (let number = 0; number < 1_003; number += 1) metrics.callSettled(callTo(`c${number}`), millipoints(0n));
    metrics.callSettled(callTo('c7'), millipoints(0n));
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('tollgate_attempts_total{'));
    expect(lines).toHaveLength(1_001);
    expect(lines).toContain('tollgate_attempts_total{channel="named c7",result="answered"} 2');
    expect(lines).toContain('tollgate_attempts_total{channel="(other)",result="answered"} 3');
  });

  it('go on under the name that a channel had first, whatever becomes of it', async () => {
    let name: string | undefined = 'first';
    const metrics = metricsWith({ channelNameOf: () => name });
    const line = async (): Promise<string | undefined> => /^tollgate_attempts_total\{.*$/m.exec(await metrics.text())?.[0];
    metrics.callSettled(callTo('c'), millipoints(0n));
    for (name of ['renamed', undefined]) {
      metrics.callSettled(callTo('c'), millipoints(0n));
      expect(await line()).toContain('channel="first"');
    }
    expect(await line()).toBe('tollgate_attempts_total{channel="first",result="answered"} 3');
  });

  it('tell how much of the caps of channels is spent, and of no others', async () => {
    let spentCaps = [{ channelId: 'c', window: 'day', spent: 1_500n, limit: 20_000n }];
    const metrics = metricsWith({ spentCaps: () => spentCaps });
    const text = await metrics.text();
    expect(text).toContain('tollgate_channel_cap_spent_points{channel="named c",window="day"} 1.5\n');
    expect(text).toContain('tollgate_channel_cap_points{channel="named c",window="day"} 20\n');
    spentCaps = [];
    expect(await metrics.text()).not.toMatch(/^tollgate_channel_cap/m);
  });

  it('leave out what the database does not tell now, and have it when it is back', async () => {
    let isAway = true;
    const openHolds: MetricSources['openHolds'] = async () => {
      if (isAway) throw new StorageUnavailableError('away');
      return { count: 2, amount: millipoints(1_500n) };
    };
    const metrics = metricsWith({ openHolds });
    expect(await metrics.text()).not.toMatch(/^tollgate_(holds|held_points) /m);
    isAway = false;
    expect(await metrics.text()).toMatch(/^tollgate_holds 2$[^]*^tollgate_held_points 1.5$/m);
  });
});
