import { BadRequestError } from '../../errors.js';
import type { JsonObject } from '../../canonical.js';
import { type Feature, features } from '../canonical/features.js';
import { generatedRequests } from '../canonical/generated-requests.js';
import { damaged, junkDocuments } from '../canonical/junk.js';
import { type Check, checksOf } from '../check.js';
import { holdsText, insist, insistSame, shown } from '../insist.js';
import { SeededRandom } from '../seeded-random.js';
import { trialContext, trialModel } from '../trial-context.js';
import { readRequest, type ServedDialect, targetOf } from './client-requests.js';
import { encodedTwice, sentBody, wireJson } from './drive.js';

const damagedCount = 1_000;
const generatedCount = 100;

/** The half that faces clients: what it reads of their requests. */
export function clientRequestChecks(subject: string, dialect: ServedDialect, seed: number): readonly Check[] {
  return [
    ...features.flatMap((feature) =>
      checksOf(subject, 'bronze', { [`reads ${feature.title} from a client as it would send it`]: () => checkRoundTrip(dialect, feature) }),
    ),
    ...checksOf(subject, 'bronze', {
      'finds model and stream in the requests of its clients': () => checkFacts(dialect),
      'sends what a client asked for again as it came': () => {
        for (const request of generatedRequests(generatedCount, seed, 'sensible')) checkFixpoint(dialect, request);
      },
      'reads any JSON, or refuses it with the field at fault': () => {
        for (const body of junkBodies(dialect, seed)) readOrRefused(dialect, body);
      },
    }),
  ];
}

function checkFacts(dialect: ServedDialect): void {
  for (const stream of [false, true]) {
    const [plain] = features;
    const { body } = encodedTwice(dialect, { ...(plain as Feature).without, stream });
    const target = targetOf(dialect, stream);
    const facts = dialect.client.inspect(body, target);
    insistSame({ model: facts.model, stream: facts.stream }, { model: trialModel, stream }, 'inspect finds something else.');
    insist(
      facts.outputTokensMax === undefined || facts.outputTokensMax === 4_000,
      `inspect takes 4000 for the limit ${facts.outputTokensMax}.`,
    );
    insist(['sse', 'json-array', 'json-lines'].includes(dialect.client.framing(target)), 'client.framing must be a known framing.');
  }
}

/** What the dialect says without a loss, it has to understand, too. */
function checkRoundTrip(dialect: ServedDialect, { asked, marks, value, title }: Feature): void {
  const { body, context } = encodedTwice(dialect, asked);
  if (context.losses.length > 0) return;
  const read = readRequest(dialect, body, asked.stream, trialContext());
  if (value !== undefined) insistSame(value(read), value(asked), `${title}: a client's request was read as something else.`);
  for (const mark of marks)
    insist(holdsText(read, mark), `${title}: "${mark}" was not read from a client's request.\n  read: ${shown(read)}`);
  checkFixpoint(dialect, asked);
}

/** A request that came in this dialect and goes out in it is the same, whatever the canonical form in between made of it. */
function checkFixpoint(dialect: ServedDialect, request: Feature['asked']): void {
  let body: JsonObject;
  try {
    body = encodedTwice(dialect, request).body;
  } catch (error) {
    if (BadRequestError.isInstance(error)) return;
    throw error;
  }
  const once = reencoded(dialect, body, request.stream);
  if (once !== undefined)
    insistSame(reencoded(dialect, once, request.stream), once, 'The request changes each time it is read and written.');
}

function reencoded(dialect: ServedDialect, body: JsonObject, stream: boolean): JsonObject | undefined {
  try {
    return wireJson(sentBody(dialect, readRequest(dialect, body, stream, trialContext()), trialContext()), 'The body') as JsonObject;
  } catch (error) {
    if (BadRequestError.isInstance(error)) return undefined;
    throw error;
  }
}

function junkBodies(dialect: ServedDialect, seed: number): readonly JsonObject[] {
  const random = new SeededRandom(seed);
  const bodies = features.map(({ asked }) => encodedTwice(dialect, asked).body);
  const broken = Array.from({ length: damagedCount }, () => damaged(random.pick(bodies), random));
  return [...junkDocuments, ...broken].filter(
    (body): body is JsonObject => typeof body === 'object' && body !== null && !Array.isArray(body),
  );
}

function readOrRefused(dialect: ServedDialect, body: JsonObject): void {
  try {
    readRequest(dialect, body, body['stream'] === true, trialContext());
  } catch (error) {
    if (BadRequestError.isInstance(error)) return insist(error.message.length >= 10, `A refusal needs a sentence, not "${error.message}".`);
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n  body: ${shown(body)}`, { cause: error });
  }
}
