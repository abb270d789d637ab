import { describe, expect, it } from 'vitest';
import type { Channel } from '../../packages/core/src/modules/channels/index.js';
import { bytesOfSelection, heapBytesOf, largeTable, modelNames } from './large-table.js';

const megabyte = 2 ** 20;

describe('ten thousand channels with a thousand models each', () => {
  it('share one list of candidates as long as they offer the same', () => {
    const table = largeTable();
    const lists = new Set(modelNames.map((model) => table.candidatesFor(model, 'default')));
    expect(lists.size).toBe(1);
    const changed = { ...(table.channels[0] as Channel), models: new Set([modelNames[0] as string]) };
    const next = table.with([changed], []);
    expect(new Set(modelNames.map((model) => next.candidatesFor(model, 'default'))).size).toBe(2);
    expect(next.candidatesFor(modelNames[0] as string, 'default').size).toBe(10_000);
    expect(next.candidatesFor(modelNames[1] as string, 'default').size).toBe(9_999);
  });

  it('take megabytes and not gigabytes', () => {
    const bytes = heapBytesOf(() => {
      const table = largeTable();
      return [table, modelNames.map((model) => table.candidatesFor(model, 'default'))];
    });
    expect(bytes).toBeLessThan(100 * megabyte);
  });

  it('cost a choice no more memory than twenty do', () => {
    const amongAll = bytesOfSelection(largeTable().candidatesFor(modelNames[0] as string, 'default'));
    const amongTwenty = bytesOfSelection(largeTable(60).candidatesFor(modelNames[0] as string, 'default'));
    expect(amongAll).toBeLessThan(4_096);
    expect(amongAll).toBeLessThan(amongTwenty + 512);
  });
});
