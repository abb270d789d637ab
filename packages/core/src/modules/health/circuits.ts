import { Circuit, type ShutTally } from './circuit.js';
import type { CircuitName } from './circuit-record.js';
import { PairMap } from './pair-map.js';

/** The circuits of this node that have something to remember, found without allocating. */
export class Circuits implements Iterable<Circuit> {
  /** By the key's id, of whichever channel. */
  readonly #keys = new Map<string, Circuit>();
  readonly #channels = new Map<string, Circuit>();
  readonly #models = new PairMap<Circuit>();
  readonly #tally: ShutTally = { shut: 0 };

  /** True while none is open or disabled. */
  get areAllClosed(): boolean {
    return this.#tally.shut === 0;
  }

  get areAllForgotten(): boolean {
    return this.#keys.size === 0 && this.#channels.size === 0 && this.#models.isEmpty;
  }

  ofKey(keyId: string): Circuit | undefined {
    return this.#keys.get(keyId);
  }

  ofChannel(channelId: string): Circuit | undefined {
    return this.#channels.get(channelId);
  }

  ofModel(channelId: string, model: string): Circuit | undefined {
    return this.#models.get(channelId, model);
  }

  obtain(name: CircuitName): Circuit {
    if (name.kind === 'model') return this.#models.obtain(name.channelId, name.subject, () => new Circuit(name, this.#tally));
    const circuits = name.kind === 'key' ? this.#keys : this.#channels;
    const id = name.kind === 'key' ? name.subject : name.channelId;
    let circuit = circuits.get(id);
    if (circuit === undefined) circuits.set(id, (circuit = new Circuit(name, this.#tally)));
    return circuit;
  }

  /** To be called with closed ones. */
  forget({ kind, channelId, subject }: Circuit): void {
    if (kind === 'model') this.#models.delete(channelId, subject);
    else if (kind === 'key') this.#keys.delete(subject);
    else this.#channels.delete(channelId);
  }

  *[Symbol.iterator](): Generator<Circuit> {
    yield* this.#keys.values();
    yield* this.#channels.values();
    for (const [, , circuit] of this.#models.entries()) yield circuit;
  }
}
