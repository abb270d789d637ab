import { V7Generator } from 'uuidv7';

const randomWords = 1_024;

/** Random numbers for many ids at once: each question to the system costs more than an id. */
class RandomPool {
  readonly #words = new Uint32Array(randomWords);
  #next = randomWords;

  nextUint32(): number {
    if (this.#next === randomWords) {
      crypto.getRandomValues(this.#words);
      this.#next = 0;
    }
    const word = this.#words[this.#next] as number;
    this.#next += 1;
    return word;
  }
}

const generator = new V7Generator(new RandomPool());

/** A fresh id for a row: UUIDv7, so that newer ids sort after older ones. */
export function newId(): string {
  return generator.generate().toString();
}

/** A fresh id with a prefix, as wire languages like them: `call_` and 32 hexadecimal digits, cut at 40 characters. */
export function newPrefixedId(prefix: string): string {
  return `${prefix}${generator.generate().toHex()}`.slice(0, 40);
}

/** The id that a response carries in `x-request-id` and that people quote to an operator. */
export function newRequestId(): string {
  return newPrefixedId('req_');
}
