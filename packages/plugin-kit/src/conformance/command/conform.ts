import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { kitVersion } from '../../plugin.js';
import { readFixtures } from '../fixtures/read-fixtures.js';
import { pluginSuite } from '../plugin/plugin-suite.js';
import { runSuite } from '../run-suite.js';
import { loadPackage } from './load-package.js';
import { reportText } from './report-text.js';

/** Where the command reads and writes, so that tests need no process of their own. */
export interface Terminal {
  readonly folder: string;
  write(text: string): void;
  complain(text: string): void;
}

const help = `tollgate-conform [folder] [--fixtures <folder>] [--options <json>] [--json]

Puts the plugin of the package in a folder (this one unless named) to the test, and says which badge it earns.

  --fixtures <folder>   recordings besides those in __fixtures__
  --options <json>      what a configuration would give the plugin
  --json                the whole report as JSON

It ends with 0 if every check passes, 1 if one fails or the plugin cannot be loaded, 2 if it was called wrongly.
`;

/** Runs the command. @returns the exit code */
export async function conform(programArguments: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const call = callOf(programArguments);
  if (typeof call === 'string') {
    terminal.complain(`${call}\n\n${help}`);
    return 2;
  }
  if (call.help) {
    terminal.write(help);
    return 0;
  }
  try {
    const folder = resolve(terminal.folder, call.folder);
    const plugin = await loadPackage(folder);
    const fixtures = call.fixtures === undefined ? {} : { fixtures: readFixtures(resolve(terminal.folder, call.fixtures)) };
    const report = await runSuite(await pluginSuite(plugin, { folder, options: call.options, ...fixtures }));
    terminal.write(call.json ? `${JSON.stringify({ kit: kitVersion, ...report }, undefined, 2)}\n` : reportText(report));
    return report.failed === 0 ? 0 : 1;
  } catch (error) {
    terminal.complain(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

interface Call {
  readonly folder: string;
  readonly fixtures?: string;
  readonly options: unknown;
  readonly json: boolean;
  readonly help: boolean;
}

/** What was asked for, or what is wrong with it. */
function callOf(programArguments: readonly string[]): Call | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...programArguments],
      allowPositionals: true,
      options: {
        fixtures: { type: 'string' },
        options: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (positionals.length > 1) return 'One folder at a time, please.';
    return {
      folder: positionals[0] ?? '.',
      ...(values.fixtures === undefined ? {} : { fixtures: values.fixtures }),
      options: values.options === undefined ? undefined : (JSON.parse(values.options) as unknown),
      json: values.json === true,
      help: values.help === true,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
