import type { Dialect } from '@tollgate/plugin-kit';
import type { FirstRun } from './first-run.js';

/** The account and keys that the first start has made, for the terminal. */
export function presentFirstRun({ username, password, apiKey, accessToken }: FirstRun): string {
  return `This gateway was empty, so an account was made for you. Keep what follows: it is shown only this once.

  Account       ${username}
  Password      ${password}
  API key       ${apiKey}      to call models
  Access token  ${accessToken}     to administer, under /api/
`;
}

const path = '/v1/chat/completions';

/** A first call to paste, where a model answers already and one of the dialects has the path. */
export function presentFirstCall(url: string, { apiKey, model }: FirstRun, dialects: Iterable<Dialect>): string | undefined {
  const isServed = [...dialects].some(({ client }) => client?.routes.some((route) => route.path === path) === true);
  if (model === undefined || !isServed) return undefined;
  return `Try it:

  curl ${url}${path} \\
    -H "Authorization: Bearer ${apiKey}" \\
    -H "Content-Type: application/json" \\
    -d '{"model":"${model}","messages":[{"role":"user","content":"Hello!"}]}'
`;
}
