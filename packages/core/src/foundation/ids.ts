import { uuidv7, uuidv7obj } from 'uuidv7';

/** A fresh id for a row: UUIDv7, so that newer ids sort after older ones. */
export function newId(): string {
  return uuidv7();
}

/** A fresh id with a prefix, as wire languages like them: `call_` and 32 hexadecimal digits, cut at 40 characters. */
export function newPrefixedId(prefix: string): string {
  return `${prefix}${uuidv7obj().toHex()}`.slice(0, 40);
}

/** The id that a response carries in `x-request-id` and that people quote to an operator. */
export function newRequestId(): string {
  return newPrefixedId('req_');
}
