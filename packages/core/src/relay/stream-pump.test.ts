import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ClientReply } from './client-reply.js';
import { KeepAlive } from './keep-alive.js';
import type { StreamLane } from './stream-lane.js';
import { StreamPump } from './stream-pump.js';

describe('stream pump', () => {
  let log: string[];
  let clientIsSlow: boolean;
  let pump: StreamPump;

  beforeEach(() => {
    log = [];
    clientIsSlow = false;
    const reply = {
      onDrain: () => undefined,
      claim: () => undefined,
      noteFirstByte: () => undefined,
      waitEnds: () => undefined,
      startStream: () => undefined,
      write: (bytes: Buffer) => {
        log.push(`write ${bytes.length}`);
        return !clientIsSlow;
      },
      end: (bytes?: Buffer) => log.push(`end ${bytes?.length ?? 0}`),
    };
    const lane: StreamLane = {
      failure: undefined,
      wasCut: false,
      take: (bytes) => bytes,
      finish: () => undefined,
      fail: () => '',
      close: () => undefined,
    };
    pump = new StreamPump({
      reply: reply as unknown as ClientReply,
      lane,
      flow: { pause: () => log.push('pause'), resume: () => log.push('resume'), abort: () => undefined },
      framing: 'sse',
      growth: undefined,
      keepAlive: new KeepAlive(),
      keepAliveAfterMs: 1_000,
      keepAliveBytes: undefined,
      tap: undefined,
      finished: ({ answered }) => log.push(`finished ${answered}`),
      fault: (error) => {
        throw error;
      },
    });
  });

  it('joins what came in one turn, the end of the answer included', async () => {
    pump.data(Buffer.from('one'));
    pump.data(Buffer.from('two'));
    await nextTurn();
    pump.data(Buffer.from('last'));
    pump.end();
    await nextTurn();
    expect(log).toEqual(['write 6', 'end 4', 'finished true']);
  });

  it('takes no more than so much in one turn, and goes on once the client has had it', async () => {
    pump.data(Buffer.alloc(100_000));
    pump.data(Buffer.alloc(100_000));
    expect(log).toEqual(['pause']);
    await nextTurn();
    expect(log).toEqual(['pause', 'write 200000', 'resume']);
    pump.stop();
  });

  it('leaves a fast upstream waiting while the client is slow', async () => {
    clientIsSlow = true;
    pump.data(Buffer.alloc(200_000));
    await nextTurn();
    expect(log).toEqual(['pause', 'write 200000', 'pause']);
    pump.stop();
  });
});
