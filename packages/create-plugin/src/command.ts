import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CreationError, createPlugin } from './create-plugin.js';
import { isPluginKind, pluginKinds } from './plugin-kind.js';

/** Where the command reads and writes, so that tests need no process of their own. */
export interface Terminal {
  readonly folder: string;
  write(text: string): void;
  complain(text: string): void;
  /** Asks a person; absent where nobody is there to answer. */
  ask?(question: string): Promise<string>;
}

const help = `npm create @tollgate/plugin [folder] -- [--kind ${pluginKinds.join('|')}] [--name <name>] [--package <name>]

Makes the package of a Tollgate plugin, with tests that pass. It asks for what is not said.

  --kind      what the plugin adds: ${pluginKinds.join(', ')}
  --name      lower-case letters, digits and hyphens: acme-ai
  --package   the npm package; tollgate-plugin-<name> unless stated
  folder      where to write; the name of the package without its scope unless stated
`;

/** Runs the command. @returns the exit code: 0, 1 where the plugin cannot be made, 2 for a wrong call */
export async function runCommand(programArguments: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const call = callOf(programArguments);
  if (typeof call === 'string') {
    terminal.complain(`${call}\n\n${help}`);
    return 2;
  }
  if (call.help) {
    terminal.write(help);
    return 0;
  }
  const kind = call.kind ?? (await terminal.ask?.(`What does it add (${pluginKinds.join(', ')})? `));
  const name = call.name ?? (await terminal.ask?.('What is its name (for example acme-ai)? '));
  if (kind === undefined || name === undefined || !isPluginKind(kind)) {
    terminal.complain(`${kind === undefined || isPluginKind(kind) ? 'Say --kind and --name.' : `There is no kind "${kind}".`}\n\n${help}`);
    return 2;
  }
  const packageName = call.package ?? `tollgate-plugin-${name}`;
  const folder = resolve(terminal.folder, call.folder ?? packageName.replace(/^@[^/]*\//, ''));
  try {
    const files = createPlugin({ kind, name, packageName, folder });
    terminal.write(
      `${folder}\n${files.map((file) => `  ${file}\n`).join('')}\nNext: npm install, npm test, npm run conform. README.md says what to change.\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof CreationError)) throw error;
    terminal.complain(`${error.message}\n`);
    return 1;
  }
}

interface Call {
  readonly folder?: string | undefined;
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly package?: string | undefined;
  readonly help: boolean;
}

/** What was asked for, or what is wrong with it. */
function callOf(programArguments: readonly string[]): Call | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...programArguments],
      allowPositionals: true,
      options: { kind: { type: 'string' }, name: { type: 'string' }, package: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (positionals.length > 1) return 'One folder at a time, please.';
    return { folder: positionals[0], kind: values.kind, name: values.name, package: values.package, help: values.help === true };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
