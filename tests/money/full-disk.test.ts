import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readError } from '../relay/error-shapes.js';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { millipointsOf } from '../support/points.js';
import { accountOf, allUsageRowsOf } from '../support/usage-rows.js';

const key = keyOf('caller');
const startingPoints = 1_000_000;
const costOfCall = 30;
const dialects = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;
const diskBytes = 6 * 1_048_576;

/** A disk of a few megabytes, in memory. Undefined where this user may not mount one. */
function mountSmallDisk(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', folder]);
  if (status === 0) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
}

const disk = mountSmallDisk();

if (disk === undefined) console.warn('A full disk is not tried: it needs a disk of its own, which only root may mount, on Linux.');

describe.skipIf(disk === undefined)('SQLite on a disk that is full', () => {
  const folder = disk ?? '';
  const filler = join(folder, 'filler');
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const usage = { prompt_tokens: 10, completion_tokens: 20 };
    gateway = await startGateway({
      environment: { DATA_DIR: join(folder, 'data') },
      apply: {
        models: ['quick', 'long'].map((name) => ({ name, modelRatio: 1, completionRatio: 1 })),
        channels: [
          chatChannel('quick', upstream.place('quick', answers({ usage })), ['quick']),
          chatChannel('long', upstream.place('long', answers({ text: 'word ', chunks: 30, chunkDelayMs: 50, usage })), ['long']),
        ],
        users: [{ username: 'caller', password: 'a long enough password', points: startingPoints }],
        tokens: [{ name: 'caller', user: 'caller', key, points: startingPoints }],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (dialect: string = dialects[0]) => rawCall({ url: gateway.url, key, dialect, model: 'quick' });

  function fillDisk(): void {
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
  }

  it('is a 503 in every dialect, loses no stream, and is over when there is room again', async () => {
    expect((await ask()).status).toBe(200);
    const stream = rawCall({ url: gateway.url, key, dialect: 'openai-chat', model: 'long', stream: true });
    await eventually('the stream is under way', () => upstream.bytesSentTo('long') > 0);
    fillDisk();
    // What is left of the last page of the file may take a call or two.
    let served = 2;
    await eventually('nothing can be written', async () => {
      const { status } = await ask();
      if (status === 200) served += 1;
      return status === 503;
    });
    for (const dialect of dialects) {
      const answer = await ask(dialect);
      expect(answer.status, `${dialect} ${answer.body.toString('utf8')}`).toBe(503);
      expect(readError(dialect, 503, answer.json()).code).toMatch(/^(storage_unavailable|unavailable)$/);
    }
    expect((await stream).body.toString('utf8')).toContain('[DONE]');
    rmSync(filler);
    await eventually('calls are served again', async () => (await ask()).status === 200 && ++served > 0, 30_000);
    await eventually('every call is settled', async () => (await accountOf(gateway, key)).held === '0', 30_000);
    const paid = (await allUsageRowsOf(gateway, key)).filter(({ cost }) => cost !== '0');
    expect(paid.map(({ cost }) => cost)).toEqual(Array.from({ length: served }, () => String(costOfCall)));
    const { balance } = await accountOf(gateway, key);
    expect(millipointsOf(balance)).toBe(BigInt(startingPoints - served * costOfCall) * 1_000n);
    await gateway.expectCleanLedger();
  });
});
