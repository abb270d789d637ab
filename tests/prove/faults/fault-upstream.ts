import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import {
  answers,
  type Behaviour,
  breaksOff,
  refuses,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../../replay/scripted-upstream.js';
import type { RecordedRequest } from '../../replay/local-server.js';
import type { Chance } from './chance.js';

/** What the upstream says that every answer used. */
export const statedUsage = { prompt_tokens: 10, completion_tokens: 20 } as const;

/** Words of the answers that may reach their client in part. */
export const wordsOf = { stream: 4, breaks: 2, unstated: 4, leaves: 10, outgrows: 500 } as const;

const wordsPerLongChunk = 25;

/** The upstream of the fault stage: it knows which call each request belongs to, and can cut any answer off. */
export class FaultUpstream {
  readonly #scripted: ScriptedUpstream;
  readonly #open = new Set<ServerResponse>();
  readonly #seen = new Map<string, number>();
  #cutNext = false;

  private constructor(scripted: ScriptedUpstream) {
    this.#scripted = scripted;
  }

  static async start(): Promise<FaultUpstream> {
    return new FaultUpstream(await startScriptedUpstream());
  }

  /** Base URLs of the places that the channels of the stage go to. */
  places(): Readonly<Record<'whole' | 'stream' | 'slow' | 'refusing' | 'breaks' | 'outgrows' | 'leaves' | 'unstated', string>> {
    const stream = { text: 'word ', chunks: wordsOf.stream, chunkDelayMs: 1, usage: statedUsage };
    const long = { text: 'word '.repeat(wordsPerLongChunk), chunks: wordsOf.outgrows / wordsPerLongChunk, chunkDelayMs: 3 };
    return {
      whole: this.#place('whole', answers({ usage: statedUsage, delayMs: 1 })),
      // Now this one is the first to answer, now the one that is asked beside it.
      slow: this.#place('slow', answers({ usage: statedUsage, delayMs: 8 })),
      stream: this.#place('stream', answers(stream)),
      refusing: this.#place('refusing', refuses(500)),
      breaks: this.#place('breaks', breaksOff({ afterChunks: wordsOf.breaks })),
      unstated: this.#place('unstated', answers({ text: 'word ', chunks: wordsOf.unstated, chunkDelayMs: 1 })),
      leaves: this.#place('leaves', answers({ ...stream, chunks: wordsOf.leaves, chunkDelayMs: 5 })),
      outgrows: this.#place('outgrows', answers({ ...stream, ...long })),
    };
  }

  /** How many requests came for the call. */
  requestsOf(marker: string): number {
    return this.#seen.get(marker) ?? 0;
  }

  /** Breaks one of the open answers off, or the next one if there is none. */
  cutOne(chance: Chance): void {
    const open = [...this.#open].filter((response) => !response.writableFinished);
    if (open.length === 0) this.#cutNext = true;
    else chance.oneOf(open).destroy();
  }

  /** The next seed begins with nothing left over. */
  forget(): void {
    this.#cutNext = false;
    this.#seen.clear();
  }

  close(): Promise<void> {
    return this.#scripted.close();
  }

  #place(name: string, behaviour: Behaviour): string {
    return this.#scripted.place(name, async (request, response) => {
      const marker = markerOf(request);
      this.#seen.set(marker, this.requestsOf(marker) + 1);
      if (this.#cutNext) {
        this.#cutNext = false;
        await wait(1);
        response.destroy();
        return;
      }
      this.#open.add(response);
      response.on('close', () => this.#open.delete(response));
      await behaviour(request, response);
    });
  }
}

/** A call names itself in its question. */
function markerOf({ body }: RecordedRequest): string {
  return /"content":"call ([^"]+)"/.exec(body.toString('utf8'))?.[1] ?? '';
}
