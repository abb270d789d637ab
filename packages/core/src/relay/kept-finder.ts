import { FrameScanner, type Framing, type KeptReader, type KeptResource } from '@tollgate/plugin-kit';
import { needlePattern, nominatedIn } from './events-with.js';

/** Finds in an answer what it leaves behind at its upstream, before the client can ask for it. */
export class KeptFinder {
  readonly #reader: KeptReader;
  readonly #framing: Framing;
  readonly #needles: RegExp;
  readonly #found: (made: readonly KeptResource[]) => void;

  constructor(reader: KeptReader, framing: Framing, found: (made: readonly KeptResource[]) => void) {
    this.#reader = reader;
    this.#framing = framing;
    this.#needles = needlePattern(reader.needles);
    this.#found = found;
  }

  /** Looks into whole frames that pass. Only those that hold a needle are parsed. */
  pass(frames: Buffer): void {
    const nominated = nominatedIn(frames, this.#framing, this.#needles);
    if (nominated.length === 0) return;
    const scanner = new FrameScanner(this.#framing, (data) => {
      const json = data.startsWith('{') ? parsed(data) : undefined;
      if (json !== undefined) this.read(json);
    });
    for (const bytes of nominated) scanner.push(bytes);
    scanner.end();
  }

  /** Reads a frame, or a whole body, that is parsed already. */
  read(json: unknown): void {
    const made = this.#reader.read(json);
    if (made.length > 0) this.#found(made);
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
