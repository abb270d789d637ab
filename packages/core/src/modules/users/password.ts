import { hash, verify } from '@node-rs/argon2';

/** The first choice of the OWASP password storage cheat sheet: 19 MiB, two passes, one lane. The algorithm is argon2id by default. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

export function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  return verify(passwordHash, password);
}
