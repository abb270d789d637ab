/** The ledger as a child would keep it: no database, no batches, one thing after the other. What the real one must agree with. */
export class LedgerModel {
  readonly users = new Map<string, { balance: bigint; held: bigint }>();
  readonly tokens = new Map<string, { granted: bigint | undefined; spent: bigint; held: bigint; target: bigint | undefined }>();
  readonly holds = new Map<string, ModelHold>();
  readonly #booked = new Map<string, string>();

  hold(holdId: string, userId: string, tokenId: string | undefined, amount: bigint): 'held' | 'user' | 'token' {
    if (this.holds.has(holdId)) return 'held';
    const refusal = this.#refusal(userId, tokenId, amount);
    if (refusal !== undefined) return refusal;
    this.#setAside(userId, tokenId, amount);
    this.holds.set(holdId, { userId, tokenId, amount, state: 'open', charged: 0n, uncollected: 0n });
    return 'held';
  }

  extend(holdId: string, amount: bigint): boolean {
    const hold = this.holds.get(holdId);
    if (hold?.state !== 'open' || this.#refusal(hold.userId, hold.tokenId, amount) !== undefined) return false;
    this.#setAside(hold.userId, hold.tokenId, amount);
    hold.amount += amount;
    return true;
  }

  /** What a hold is closed with above its amount is taken from what is free, as far as that goes. */
  close(holdId: string, state: 'settled' | 'swept', actual: bigint): ModelClosing {
    const hold = this.holds.get(holdId);
    if (hold === undefined) return { applied: false, charged: 0n, uncollected: 0n };
    if (hold.state !== 'open') return { applied: false, charged: hold.charged, uncollected: hold.uncollected };
    const user = this.#user(hold.userId);
    const token = hold.tokenId === undefined ? undefined : this.tokens.get(hold.tokenId);
    user.held -= hold.amount;
    if (token !== undefined) token.held -= hold.amount;
    const ofHold = least(actual, hold.amount);
    user.balance -= ofHold;
    if (token !== undefined) token.spent += ofHold;
    const above = least(actual - ofHold, user.balance - user.held, this.#freeOfToken(hold.tokenId) ?? actual);
    user.balance -= above;
    if (token !== undefined) token.spent += above;
    Object.assign(hold, { state, charged: ofHold + above, uncollected: actual - ofHold - above });
    return { applied: true, charged: hold.charged, uncollected: hold.uncollected };
  }

  /** Credit if positive, a refund to the operator or a correction if negative. */
  adjust(userId: string, amount: bigint, reference: string): ModelBooking | 'overdraft' {
    const content = `${userId} ${amount}`;
    if (this.#booked.has(reference)) return this.#booked.get(reference) === content ? 'booked before' : 'differs';
    const user = this.#user(userId);
    if (user.balance - user.held + amount < 0n) return 'overdraft';
    user.balance += amount;
    this.#booked.set(reference, content);
    return 'booked';
  }

  /** Gives back what a call was charged, once. */
  refund(holdId: string, amount: bigint | undefined): ModelBooking | 'refused' {
    const hold = this.holds.get(holdId);
    const back = amount ?? hold?.charged ?? 0n;
    if (hold === undefined || hold.state === 'open' || back === 0n || back > hold.charged) return 'refused';
    if (hold.refunded !== undefined) return hold.refunded === back ? 'booked before' : 'differs';
    hold.refunded = back;
    this.#user(hold.userId).balance += back;
    return 'booked';
  }

  retarget(tokenId: string, target: bigint | undefined): void {
    const token = this.tokens.get(tokenId);
    if (token === undefined) throw new Error(`There is no token ${tokenId}.`);
    if (target === undefined) token.granted = undefined;
    else if (token.granted === undefined || token.target === undefined) token.granted = token.spent + target;
    else token.granted = most(0n, token.granted + target - token.target);
    token.target = target;
  }

  openHolds(): readonly string[] {
    return [...this.holds].filter(([, hold]) => hold.state === 'open').map(([id]) => id);
  }

  #user(userId: string): { balance: bigint; held: bigint } {
    const user = this.users.get(userId);
    if (user === undefined) throw new Error(`There is no user ${userId}.`);
    return user;
  }

  #refusal(userId: string, tokenId: string | undefined, amount: bigint): 'user' | 'token' | undefined {
    const ofToken = this.#freeOfToken(tokenId);
    if (ofToken !== undefined && ofToken < amount) return 'token';
    const { balance, held } = this.#user(userId);
    return balance - held < amount ? 'user' : undefined;
  }

  #setAside(userId: string, tokenId: string | undefined, amount: bigint): void {
    this.#user(userId).held += amount;
    const token = tokenId === undefined ? undefined : this.tokens.get(tokenId);
    if (token !== undefined) token.held += amount;
  }

  #freeOfToken(tokenId: string | undefined): bigint | undefined {
    const token = tokenId === undefined ? undefined : this.tokens.get(tokenId);
    if (token?.granted === undefined) return undefined;
    return most(0n, token.granted - token.spent - token.held);
  }
}

export interface ModelHold {
  readonly userId: string;
  readonly tokenId: string | undefined;
  amount: bigint;
  state: 'open' | 'settled' | 'swept';
  charged: bigint;
  uncollected: bigint;
  refunded?: bigint;
}

export type ModelBooking = 'booked' | 'booked before' | 'differs';

export interface ModelClosing {
  readonly applied: boolean;
  readonly charged: bigint;
  readonly uncollected: bigint;
}

function least(...amounts: readonly bigint[]): bigint {
  return amounts.reduce((one, other) => (one < other ? one : other));
}

function most(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
