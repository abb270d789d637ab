import type { Dialect } from '../../dialect.js';
import { BadRequestError } from '../../errors.js';
import { features, type Feature, question } from '../canonical/features.js';
import { generatedRequests } from '../canonical/generated-requests.js';
import { type Check, checksOf } from '../check.js';
import { holdsText, insist, isSameJson, shown } from '../insist.js';
import { type Encoded, encodedTwice } from './drive.js';

const generatedCount = 200;

/** What a dialect makes of requests: it carries what is asked, or says that it does not. */
export function requestChecks(subject: string, dialect: Dialect, seed: number): readonly Check[] {
  return [
    ...features.flatMap((feature) =>
      checksOf(subject, 'bronze', { [`carries ${feature.title}, or says that it is lost`]: () => checkFeature(dialect, feature) }),
    ),
    ...checksOf(subject, 'bronze', {
      'encodes any request to the same JSON each time, without network, clock or chance': () => {
        for (const request of generatedRequests(generatedCount, seed, 'any')) encodedOrRefused(dialect, request);
      },
      'says losses in words': () => {
        for (const { asked } of features) {
          for (const { field, how, why } of encodedTwice(dialect, asked).context.losses) {
            insist(field !== '' && why.length >= 10, `The loss of "${field}" needs a field and a sentence that says why, not "${why}".`);
            insist(['dropped', 'coerced', 'emulated'].includes(how), `The loss of "${field}": how must be dropped, coerced or emulated.`);
          }
        }
      },
    }),
  ];
}

function encodedOrRefused(dialect: Dialect, request: Parameters<typeof encodedTwice>[1]): Encoded | undefined {
  try {
    return encodedTwice(dialect, request);
  } catch (error) {
    if (BadRequestError.isInstance(error)) return undefined;
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n  request: ${shown(request)}`, { cause: error });
  }
}

/** A feature that leaves no trace has vanished: neither is the body another one, nor was a loss said. */
function checkFeature(dialect: Dialect, { asked, without, marks, title }: Feature): void {
  const [plain, full] = [encodedTwice(dialect, without), encodedTwice(dialect, asked)];
  const isLost = full.context.losses.some((loss) => !plain.context.losses.some((known) => isSameJson(known, loss)));
  if (isLost || isWithinLoss(dialect, plain)) return;
  insist(!isSameJson(plain.body, full.body), `${title}: the body is the same without it, and no loss was said.`);
  for (const mark of marks) {
    insist(holdsText(full.body, mark), `${title}: "${mark}" is not in the body, and no loss was said.\n  body: ${shown(full.body)}`);
  }
}

/** A dialect that has no tools at all, and says so, owes no word about each of their details. */
function isWithinLoss(dialect: Dialect, plain: Encoded): boolean {
  const bare = encodedTwice(dialect, question);
  return isSameJson(plain.body, bare.body) && plain.context.losses.length > bare.context.losses.length;
}
