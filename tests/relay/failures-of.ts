import { expectationOf } from '../replay/expectations.js';
import { modelNameOf } from '../replay/fixture-channels.js';
import type { Fixture } from '../replay/fixtures.js';
import type { Client } from './clients/client.js';
import { differences } from './differences.js';

/** Asks for a recorded answer and says what the client's library read differently; empty if nothing. */
export async function failuresOf(client: Client, fixture: Fixture): Promise<readonly string[]> {
  try {
    const observed = await client.ask(modelNameOf(fixture), fixture.stream);
    return differences(client, expectationOf(fixture), observed).map((difference) => `${fixture.file}: ${difference}`);
  } catch (error) {
    return [`${fixture.file}: ${String(error)}`];
  }
}
