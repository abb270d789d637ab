import { hash, randomInt } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const randomCharacters = 48;
const prefixCharacters = 8;

/** A key is guessed by no one from here on; operators who bring their own must not bring shorter ones. */
export const tokenKeyCharactersMin = 32;

/** The prefix and 48 random characters: 285 bits. */
export function newTokenKey(prefix = 'sk-'): string {
  return `${prefix}${Array.from({ length: randomCharacters }, () => alphabet[randomInt(alphabet.length)]).join('')}`;
}

/** What is stored instead of the key. A plain hash is enough: keys are random and long, so there is nothing to guess. */
export function hashTokenKey(key: string): string {
  return hash('sha256', key, 'base64url');
}

export function tokenKeyPrefix(key: string): string {
  return key.slice(0, prefixCharacters);
}
