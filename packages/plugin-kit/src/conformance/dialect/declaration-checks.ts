import type { Dialect } from '../../dialect.js';
import { operationOf } from '../../operations.js';
import { type Check, checksOf } from '../check.js';
import { insist } from '../insist.js';

const framings: readonly string[] = ['sse', 'json-array', 'json-lines', 'aws-event-stream'];

/** What the types promise, for plugins that no compiler has seen, and what types cannot say. */
export function declarationChecks(subject: string, dialect: Dialect): readonly Check[] {
  return checksOf(subject, 'bronze', {
    'is declared in full': () => {
      for (const name of ['id', 'wire', 'vendor'] as const) {
        insist(typeof dialect[name] === 'string' && dialect[name] !== '', `"${name}" must be a text.`);
      }
      insist(/^[a-z0-9][a-z0-9-]*$/.test(dialect.id), `The id "${dialect.id}" must be lower-case letters, digits and hyphens.`);
      insist(!dialect.vendor.includes('.'), `The vendor "${dialect.vendor}" must have no dot: seals are told apart by it.`);
      insist(framings.includes(dialect.framing), `"framing" must be one of ${framings.join(', ')}.`);
      insist(dialect.unwrap === undefined || dialect.edits !== undefined, 'A dialect with "unwrap" needs "edits": its bytes cannot pass.');
      for (const name of ['encodeRequest', 'decodeResponse', 'streamDecoder'] as const) {
        insist(typeof dialect.upstream[name] === 'function', `"upstream.${name}" must be a function.`);
      }
    },
    'declares where its resources are': () => {
      for (const route of dialect.client?.resources ?? []) {
        const named = `${route.method} ${route.path}`;
        insist(
          route.path.startsWith('/') && !/\{\w*[^}\w]/.test(route.path),
          `The path of ${named} must begin with a slash and name its parts.`,
        );
        insist(
          route.does !== 'reach' || route.idInQuery !== undefined || route.path.includes('{id}'),
          `${named} reaches something, but neither {id} in its path nor "idInQuery" says what.`,
        );
        insist(route.does !== 'list' || route.itemPath.includes('{id}'), `${named} lists, but its "itemPath" has no {id}.`);
      }
    },
    'finds usage in a stream by texts that state it': () => {
      const { needles, keep, read } = dialect.usage;
      insist(
        typeof read === 'function' && (keep === 'each' || keep === 'last'),
        '"usage" needs needles, keep ("each" or "last") and read.',
      );
      const isStreamed = operationOf(dialect) === 'generate';
      insist(!isStreamed || needles.length > 0, 'Without needles no usage is found in streams that pass, and nothing is billed.');
      // A shorter needle nominates nearly every frame, and each of them is parsed.
      insist(
        [...needles, ...(dialect.end?.wholeNeedles ?? []), ...(dialect.end?.failureNeedles ?? [])].every((needle) => needle.length >= 5),
        'A needle must have at least five characters.',
      );
    },
  });
}
