import { stripVTControlCharacters } from 'node:util';
import { type CommandDef, renderUsage } from 'citty';

/** A command, or how it is loaded: looking something up does not need all of them. */
type Loadable = CommandDef | (() => Promise<unknown>);

/** How the command is called that the words lead to from `main`, as far as they name commands. */
export async function usageText(main: CommandDef, words: readonly string[], colours: boolean): Promise<string> {
  let command = main;
  const parents: string[] = [];
  for (const word of words.filter((given) => !given.startsWith('-'))) {
    const found = ((command.subCommands ?? {}) as Readonly<Record<string, Loadable>>)[word];
    if (found === undefined) break;
    parents.push(nameOf(command));
    // Commands differ in type by their arguments, which does not matter for showing them.
    command = (typeof found === 'function' ? await found() : found) as CommandDef;
  }
  const usage = await renderUsage(command, parents.length === 0 ? undefined : { meta: { name: parents.join(' ') } });
  return (colours ? usage : stripVTControlCharacters(usage)).replace(/ +$/gm, '').trimEnd();
}

function nameOf({ meta }: CommandDef): string {
  return (meta as { readonly name?: string } | undefined)?.name ?? '';
}
