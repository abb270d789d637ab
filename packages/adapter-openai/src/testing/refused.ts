import { BadRequestError } from '@tollgate/plugin-kit';
import { expect } from 'vitest';

/** A matcher for `toThrow`: a 400 that names `field` where a client finds it, and in words. */
export function refusalOf(field: string): unknown {
  return expect.toSatisfy((error: unknown) => BadRequestError.isInstance(error) && error.field === field && error.message.includes(field));
}
