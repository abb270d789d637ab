import { parseArgs } from 'node:util';
import { longParts, otherParts, scenarios } from './scenarios.mjs';

const usage = `Usage: npm run bench -- [options]

  --json            print one JSON document instead of the tables
  --quick           2 rounds, to see whether it works; too few for figures to be quoted
  --rounds <n>      rounds of the full run (default 8)
  --only <id,…>     only these scenarios, of: ${[...scenarios.map(({ id }) => id), ...otherParts].join(', ')},
                    or what takes many minutes: ${longParts.join(', ')}
  --minutes <n>     length of the soak (default 10)
  --records <n>     usage records of the growth (default 5,000,000)
  --postgres <url>  measure the gateway on this PostgreSQL server too, in a database of its own
  --profile <dir>   write a CPU profile of each gateway there, and print where its time went
`;

const declared = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  only: { type: 'string' },
  minutes: { type: 'string', default: '10' },
  records: { type: 'string', default: '5000000' },
  postgres: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean', default: false },
};

/** Reads the command line; undefined if there is nothing to run, with an explanation printed. */
export function readOptions(commandLine) {
  try {
    const { values } = parseArgs({ args: commandLine, options: declared });
    if (values.help) throw new Error('');
    const rounds = Number(values.rounds ?? (values.quick ? 2 : 8));
    if (!Number.isInteger(rounds) || rounds < 1 || rounds > 500) throw new Error('--rounds takes a whole number from 1 to 500.');
    const known = [...scenarios.map(({ id }) => id), ...otherParts];
    const only = values.only?.split(',') ?? known;
    const unknown = only.find((id) => ![...known, ...longParts].includes(id));
    if (unknown !== undefined) throw new Error(`There is no scenario "${unknown}".`);
    const [minutes, records] = [Number(values.minutes), Number(values.records)];
    if (!(minutes > 0) || !(records > 0)) throw new Error('--minutes and --records take a number above zero.');
    return { json: values.json, rounds, only, minutes, records, postgresUrl: values.postgres, profileFolder: values.profile };
  } catch (error) {
    process.stderr.write(`${error.message === '' ? '' : `${error.message}\n\n`}${usage}`);
    process.exitCode = error.message === '' ? 0 : 2;
    return undefined;
  }
}
