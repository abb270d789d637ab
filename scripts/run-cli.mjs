import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './workspace.mjs';

/**
 * Becomes the built `tollgate` command, in this very process: signals and standard streams reach it without a detour.
 * @param {readonly string[]} cliArguments
 */
export async function becomeCli(cliArguments) {
  const cli = join(root, 'packages', 'core', 'dist', 'cli.js');
  process.argv.splice(1, process.argv.length, cli, ...cliArguments);
  await import(pathToFileURL(cli).href);
}
