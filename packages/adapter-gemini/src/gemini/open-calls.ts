/** The calls of a conversation that still wait for their results: a result without an id answers the oldest open call of its name. */
export class OpenCalls {
  readonly #open: { readonly id: string; readonly name: string }[] = [];

  add(id: string, name: string): void {
    this.#open.push({ id, name });
  }

  /** The id of the call that a result answers; undefined if it states none and no call of its name is open. */
  answer(id: string | undefined, name: string): string | undefined {
    const place = this.#open.findIndex((call) => (id === undefined ? call.name === name : call.id === id));
    const [call] = place < 0 ? [] : this.#open.splice(place, 1);
    return id ?? call?.id;
  }
}
