import { BadRequestError, deny } from '@tollgate/plugin-kit';
import type { CallView, CanonicalSink, HookTable, RouteView, SettledView } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../foundation/logger.js';
import { compileHooks } from './hook-pipeline.js';
import type { HookPipeline } from './hook-pipeline.js';
import { PluginFaults } from './plugin-faults.js';

const call = { model: 'demo-chat', group: 'default' } as CallView;
const route = { channelId: 'c1' } as RouteView;
const settled = { outcome: 'ok' } as SettledView;
const fail = (): never => {
  throw new TypeError('broken');
};

function pipelineOf(...tables: readonly HookTable[]): { readonly hooks: HookPipeline; readonly faults: PluginFaults } {
  const faults = new PluginFaults(createLogger('silent', { write() {} }));
  const sources = tables.map((hooks, index) => ({ plugin: `plugin-${index}`, hooks }));
  return { hooks: compileHooks(sources, faults), faults };
}

/** A hook that notes its name when it runs. */
function noted(notes: string[], name: string): () => void {
  return () => void notes.push(name);
}

describe('hook pipeline', () => {
  it('is null at every place where no plugin listens', () => {
    const { hooks } = pipelineOf({}, { onRequest() {} });
    expect(hooks.onRequest).not.toBeNull();
    const { onRequest: _used, ...unused } = hooks;
    expect(Object.values(unused)).toEqual([null, null, null, null, null, null]);
  });

  it('makes no promise where no hook does', () => {
    const { hooks } = pipelineOf({ onRequest() {} }, { onRequest() {} });
    expect(hooks.onRequest?.(call)).toBeUndefined();
  });

  it('runs gates first to last and observers the other way round', async () => {
    const notes: string[] = [];
    const table = (name: string, order?: 'first' | 'last'): HookTable => ({
      onRequest: { run: async () => noted(notes, `gate ${name}`)(), ...(order === undefined ? {} : { order }) },
      onSettled: { run: noted(notes, `observer ${name}`), ...(order === undefined ? {} : { order }) },
    });
    const { hooks } = pipelineOf(table('last', 'last'), table('a'), table('b'), table('first', 'first'));
    await hooks.onRequest?.(call);
    await hooks.onSettled?.(call, settled);
    const names = ['first', 'a', 'b', 'last'];
    expect(notes).toEqual([...names.map((name) => `gate ${name}`), ...names.toReversed().map((name) => `observer ${name}`)]);
  });

  it('lets a gate refuse and does not ask the next one', async () => {
    const notes: string[] = [];
    const { hooks } = pipelineOf(
      { onRequest: async () => Promise.reject(deny(403, 'blocked', 'No.')) },
      { onRequest: noted(notes, 'second') },
    );
    await expect(hooks.onRequest?.(call)).rejects.toMatchObject({ publicError: { status: 403, code: 'blocked' } });
    expect(notes).toEqual([]);
  });

  it('asks every gate, whatever an earlier one returns', async () => {
    const junk = (() => ({ allowed: true })) as unknown as () => void;
    const { hooks } = pipelineOf({ onRequest: junk }, { onRequest: () => Promise.reject(deny(403, 'blocked', 'No.')) });
    await expect(hooks.onRequest?.(call)).rejects.toMatchObject({ publicError: { code: 'blocked' } });
  });

  it('stops at the first veto', () => {
    const notes: string[] = [];
    const { hooks } = pipelineOf({ onRouted: () => ({ veto: 'not there' }) }, { onRouted: noted(notes, 'second') });
    expect(hooks.onRouted?.(call, route)).toEqual({ veto: 'not there' });
    expect(notes).toEqual([]);
  });

  it('refuses the call when a gate fails, naming the plugin and not the reason', () => {
    const { hooks, faults } = pipelineOf({}, { onRequest: fail });
    expect(() => hooks.onRequest?.(call)).toThrow(
      expect.objectContaining({ status: 503, code: 'plugin_fault', message: expect.stringMatching(/^(?!.*broken).*plugin-1/) }),
    );
    expect(faults.counts()).toEqual(new Map([['plugin-1', 1]]));
  });

  it('goes on when a gate fails that is open by choice', () => {
    const { hooks, faults } = pipelineOf({ onRequest: { run: fail, onFault: 'open' } });
    expect(hooks.onRequest?.(call)).toBeUndefined();
    expect(faults.counts().get('plugin-0')).toBe(1);
  });

  it('passes on that the request cannot be understood', () => {
    const { hooks, faults } = pipelineOf({
      onRequest: () => {
        throw new BadRequestError('messages is missing.', 'messages');
      },
    });
    expect(() => hooks.onRequest?.(call)).toThrow(BadRequestError);
    expect(faults.counts().size).toBe(0);
  });

  it('takes a gate that does not answer for a failed one', async () => {
    const { hooks } = pipelineOf({ onRequest: { run: () => new Promise<void>(() => undefined), timeoutMs: 5 } });
    await expect(hooks.onRequest?.(call)).rejects.toMatchObject({ code: 'plugin_fault', cause: { message: 'No answer within 5 ms.' } });
  });

  it('never lets an observer change the outcome', async () => {
    const notes: string[] = [];
    const { hooks, faults } = pipelineOf({ onSettled: noted(notes, 'first') }, { onSettled: fail }, { onSettled: async () => fail() });
    await hooks.onSettled?.(call, settled);
    expect(notes).toEqual(['first']);
    expect(faults.counts().size).toBe(2);
  });

  it('checks the conditions of a hook before it calls it', async () => {
    const notes: string[] = [];
    const { hooks } = pipelineOf(
      { onRequest: { run: noted(notes, 'model'), when: { models: /^demo/g } } },
      { onRequest: { run: noted(notes, 'group'), when: { groups: ['vip'] } } },
      { onBatch: { run: (batch) => void notes.push(`batch of ${batch.length}`), when: { groups: ['vip'] } } },
    );
    await hooks.onRequest?.(call);
    await hooks.onRequest?.(call);
    await hooks.onBatch?.([
      { call, settled },
      { call: { ...call, group: 'vip' }, settled },
    ]);
    expect(notes).toEqual(['model', 'model', 'batch of 1']);
  });

  it('tells a stream to all taps and drops one that fails', () => {
    const notes: string[] = [];
    const tap = (name: string, textDelta: CanonicalSink['textDelta']) => ({
      tapStream: () => ({ stop: noted(notes, name), textDelta }) as unknown as CanonicalSink,
    });
    const { hooks, faults } = pipelineOf(tap('good', noted(notes, 'text')), tap('bad', fail), { tapStream: () => undefined });
    const sink = hooks.tapStream?.(call, route);
    sink?.textDelta(0, 'x');
    sink?.textDelta(0, 'y');
    sink?.stop('end');
    expect(notes).toEqual(['text', 'text', 'good']);
    expect(faults.counts()).toEqual(new Map([['plugin-1', 1]]));
  });

  it('needs no sink where no tap wants the stream', () => {
    const { hooks } = pipelineOf({ tapStream: () => undefined }, { tapStream: fail });
    expect(hooks.tapStream?.(call, route)).toBeUndefined();
  });
});
