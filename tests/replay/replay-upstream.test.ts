import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cut, cutBody, cutPath, parseCut } from './cut.js';
import { allFixtures, fixtureNamed } from './fixtures.js';
import { type ReplayUpstream, startReplayUpstream } from './replay-upstream.js';
import { frameEnds, wireResponseOf } from './wire.js';

const whole: readonly Cut[] = [{ mode: 'frames' }, { mode: 'whole' }, { mode: 'slices', seed: 3 }, { mode: 'at', offsets: [1, 40] }];
const broken: readonly Cut[] = [
  { mode: 'off-frames', frames: 2 },
  { mode: 'off-bytes', bytes: 50 },
  { mode: 'stall', bytes: 50 },
];
const fixture = fixtureNamed('openai-chat/text.sse');

describe('the replay upstream', () => {
  let upstream: ReplayUpstream;

  beforeAll(async () => {
    upstream = await startReplayUpstream();
  });

  afterAll(async () => {
    await upstream.close();
  });

  const post = (cut: Cut, signal?: AbortSignal): Promise<Response> =>
    fetch(`${upstream.baseUrl(fixture, { cut })}/chat/completions`, { method: 'POST', body: 'ü', ...(signal && { signal }) });

  it.each(whole)('sends the whole recording in $mode', async (cut) => {
    const response = await post(cut);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(Buffer.from(await response.arrayBuffer()).equals(wireResponseOf(fixture).body)).toBe(true);
  });

  it('breaks the connection after whole frames, or anywhere', async () => {
    for (const cut of broken.slice(0, 2)) {
      const response = await post(cut);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow();
    }
  });

  it('falls silent and keeps the connection', async () => {
    const response = await post({ mode: 'stall', bytes: 50 }, AbortSignal.timeout(300));
    await expect(response.text()).rejects.toThrow(/timeout|aborted/i);
  });

  it('keeps what it was asked', () => {
    expect(upstream.requests.at(-1)).toMatchObject({ method: 'POST', body: Buffer.from('ü') });
  });
});

describe('a cut', () => {
  it.each([...whole, ...broken])('of mode $mode survives its path', (cut) => {
    expect(parseCut(cutPath(cut))).toEqual(cut);
  });

  it('loses no byte and keeps to its edges', () => {
    const { body } = wireResponseOf(fixture);
    for (const cut of whole) expect(Buffer.concat(cutBody(body, cut).pieces).equals(body)).toBe(true);
    expect(cutBody(body, { mode: 'frames' }).pieces).toHaveLength(frameEnds(body).length);
    expect(cutBody(body, { mode: 'slices', seed: 1 }).pieces.every(({ length }) => length <= 7)).toBe(true);
  });
});

describe('a recording', () => {
  it('is rebuilt as the vendor frames it', () => {
    for (const recorded of allFixtures.filter(({ format }) => format === 'jsonl-chunks')) {
      const text = wireResponseOf(recorded).body.toString('utf8');
      if (recorded.dialect === 'openai-chat') expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
      if (recorded.dialect === 'claude-messages') expect(text).toMatch(/^event: message_start\ndata: \{/);
      if (recorded.dialect === 'gemini') expect(text).toMatch(/^data: \{.*\}\r\n\r\n/);
    }
  });
});
