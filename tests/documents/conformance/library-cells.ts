import { clients } from '../../relay/clients/all-clients.js';
import type { Client } from '../../relay/clients/client.js';
import { loopTurns, type SealedVendor, sealedVendors } from '../../relay/conversations/sealed-vendors.js';
import { channelTo, speakerOf, speakers, talkTo } from '../../relay/conversations/talk.js';
import { failuresOf } from '../../relay/failures-of.js';
import { expectationOf } from '../../replay/expectations.js';
import { fixtureChannels, fixtureModels } from '../../replay/fixture-channels.js';
import { type Fixture, plainAnswers, writtenFixtures } from '../../replay/fixtures.js';
import { startReplayUpstream } from '../../replay/replay-upstream.js';
import { startScriptedUpstream } from '../../replay/scripted-upstream.js';
import { alice, openToken, pricedByTokens } from '../../support/apply-document.js';
import { startGateway, type TestGateway } from '../../support/gateway.js';
import type { Cell } from './cell.js';

/** What one library did through a running gateway in front of one upstream. */
export interface LibraryCell extends Cell {
  readonly library: string;
  readonly client: string;
  readonly upstream: string;
  readonly capability: string;
}

/** Only what a public clone has, so that the document is the same everywhere; tests/relay/sdk-matrix.test.ts reads the recordings, too. */
const fixtures = plainAnswers(writtenFixtures);

/** What answers hold, found in the fixtures by the rules of the expectations. */
const contents: Readonly<Record<string, (fixture: Fixture) => boolean>> = {
  'text, whole': (fixture) => !fixture.stream && expectationOf(fixture).text !== '',
  'text, streamed': (fixture) => fixture.stream && expectationOf(fixture).text !== '',
  'tool calls, whole': (fixture) => !fixture.stream && expectationOf(fixture).toolCalls.length > 0,
  'tool calls, streamed': (fixture) => fixture.stream && expectationOf(fixture).toolCalls.length > 0,
  usage: (fixture) => expectationOf(fixture).usage !== undefined,
};

const ways = [false, true];
const loopName = (client: string, vendor: SealedVendor, stream: boolean): string => `${client}-${vendor.dialect}-${stream}`;
const loops = Object.keys(speakers).flatMap((client) =>
  sealedVendors.flatMap((vendor) => ways.map((stream) => ({ client, vendor, stream, name: loopName(client, vendor, stream) }))),
);

/** Every library against every upstream, through one gateway of its own. */
export async function libraryCells(): Promise<readonly LibraryCell[]> {
  const [replay, scripted] = [await startReplayUpstream(), await startScriptedUpstream()];
  const gateway = await startGateway({
    apply: {
      models: [...fixtureModels(fixtures), ...pricedByTokens(...loops.map(({ name }) => name))],
      channels: [
        ...fixtureChannels(replay, fixtures),
        ...loops.map(({ name, vendor }) => channelTo(vendor, name, scripted.place(name, vendor.behaviour))),
      ],
      users: [alice],
      tokens: [openToken],
    },
  });
  try {
    const read = await Promise.all(clients.map((clientAt) => readCells(clientAt({ url: gateway.url, key: openToken.key }))));
    const bodiesTo = (name: string): readonly unknown[] =>
      scripted.requestsTo(name).map(({ body }) => JSON.parse(body.toString('utf8')) as unknown);
    const talked = await Promise.all(loops.map((loop) => loopCell(loop, gateway, bodiesTo)));
    return [...read.flat(), ...talked];
  } finally {
    await gateway.stop();
    await replay.close();
    await scripted.close();
  }
}

async function readCells(client: Client): Promise<readonly LibraryCell[]> {
  const accepted = fixtures.filter((fixture) => client.accepts?.(fixture) ?? true);
  const outcomes = await Promise.all(accepted.map(async (fixture) => ({ fixture, failures: await failuresOf(client, fixture) })));
  return [...new Set(fixtures.map(({ dialect }) => dialect))].flatMap((upstream) =>
    Object.entries(contents).map(([capability, holds]) => {
      const asked = outcomes.filter(({ fixture }) => fixture.dialect === upstream && holds(fixture));
      return {
        library: client.title,
        client: client.dialect,
        upstream,
        capability,
        ...cellOf(
          asked.flatMap(({ failures }) => failures),
          asked.length,
        ),
      };
    }),
  );
}

function cellOf(failures: readonly string[], count: number): Cell {
  if (count === 0) return { status: 'none', notes: [] };
  return failures.length === 0 ? { status: 'green', notes: [] } : { status: 'red', notes: failures };
}

/** A tool loop of several turns in which the vendor wants back to the letter what it sealed. */
async function loopCell(
  { client, vendor, stream, name }: (typeof loops)[number],
  gateway: TestGateway,
  bodiesTo: (name: string) => readonly unknown[],
): Promise<LibraryCell> {
  const capability = `tool loop with sealed thinking, ${stream ? 'streamed' : 'whole'}`;
  const library = librarySpeaking(client);
  const failures = await loopFailures();
  return { library, client, upstream: vendor.dialect, capability, ...cellOf(failures, 1) };

  async function loopFailures(): Promise<readonly string[]> {
    try {
      const answers = await talkTo(speakerOf(client, { url: gateway.url, key: openToken.key }), stream, () => name);
      if (answers.at(-1)?.text !== 'Done.') return ['The loop does not come to its end.'];
      const given = Array.from({ length: loopTurns }, (_, turn) => vendor.sealOf(turn)).filter((seal) => seal !== undefined);
      const cameBack = vendor.sealsIn(bodiesTo(name).at(-1));
      return JSON.stringify(cameBack) === JSON.stringify(given) ? [] : ['Seals do not come back.'];
    } catch (error) {
      return [String(error)];
    }
  }
}

/** The library that the speaker of a dialect uses, as the other cells name it. */
function librarySpeaking(dialect: string): string {
  const titles: Readonly<Record<string, string>> = {
    'openai-chat': 'openai, chat completions',
    'openai-responses': 'openai, responses',
    'claude-messages': '@anthropic-ai/sdk',
    gemini: '@google/genai',
  };
  return titles[dialect] ?? dialect;
}
