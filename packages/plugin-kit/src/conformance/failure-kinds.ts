import type { FailureKind } from '../verdict.js';

/** Every kind of failure there is, in the order of the type: a kind that is added there and not here does not compile. */
const everyKind: Readonly<Record<FailureKind, true>> = {
  authentication: true,
  permission: true,
  'insufficient-quota': true,
  'rate-limit': true,
  overloaded: true,
  'invalid-request': true,
  'too-large': true,
  'context-length': true,
  'content-filter': true,
  'not-found': true,
  timeout: true,
  network: true,
  server: true,
};

export const failureKinds = Object.keys(everyKind) as readonly FailureKind[];
