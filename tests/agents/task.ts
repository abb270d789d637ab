import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { demand } from './doubles/complaint.js';
import type { JsonObject, OfferedTool, WantedCall } from './doubles/exchange.js';

/** What the agent is told. The scripted model knows what to do anyway. */
export const prompt =
  'Read notes.txt, change the colour in it from red to green, then run the command that keeps a copy, and say when it is done.';

export const lastWords = 'The colour is green now, and a copy is kept.';

const before = 'colour: red\nshape: round\n';
const after = 'colour: green\nshape: round\n';

/** What the model wants in this order; every one of them is seen in the folder afterwards. */
export const stepNames = ['read', 'edit', 'run'] as const;
export type StepName = (typeof stepNames)[number];

/** Names of agents' tools for each step, the best first. */
const toolsFor: Readonly<Record<StepName, readonly string[]>> = {
  read: ['Read', 'read_file', 'read', 'exec_command'],
  edit: ['Edit', 'replace', 'edit', 'apply_patch'],
  run: ['Bash', 'run_shell_command', 'bash', 'exec_command'],
};

export function prepareFolder(folder: string): void {
  writeFileSync(join(folder, 'notes.txt'), before);
}

/** What is wrong in the folder after the run; nothing if the task is done, and done once. */
export function folderFaults(folder: string): readonly string[] {
  const notes = readFileSync(join(folder, 'notes.txt'), 'utf8');
  const copyFile = join(folder, 'copy.txt');
  const copy = existsSync(copyFile) ? readFileSync(copyFile, 'utf8') : '';
  return [
    ...(notes === after ? [] : [`notes.txt is ${JSON.stringify(notes)}`]),
    ...(copy === after
      ? []
      : [`copy.txt is ${JSON.stringify(copy)}: the command ran ${copy === '' ? 'never' : 'another time or too early'}`]),
  ];
}

/** What has to be seen in a step's result, if the agent sent the right one. */
export const traceOf: Readonly<Record<StepName, RegExp>> = { read: /shape: round/, edit: /./, run: /2 copy\.txt/ };

/** The call for a step, in the words of the tools that the request offers. @throws Complaint if none fits. */
export function callFor(step: StepName, tools: readonly OfferedTool[], folder: string): WantedCall {
  const tool = toolsFor[step].map((name) => tools.find((offered) => offered.name === name)).find((found) => found !== undefined);
  demand(tool !== undefined, `None of the tools ${tools.map(({ name }) => name).join(', ')} can ${step} a file or command.`);
  if (tool.freeform) return { name: tool.name, input: patch };
  const { properties = {}, required = [] } = tool.parameters as { properties?: JsonObject; required?: readonly string[] };
  const words = wordsFor(step, folder);
  const input = required.map((name): [string, unknown] => {
    const value = words[name];
    demand(value !== undefined, `${tool.name} requires ${name}, which the script does not know.`);
    demand(Object.hasOwn(properties, name), `${tool.name} requires ${name} without describing it.`);
    return [name, value];
  });
  demand(input.length > 0, `${tool.name} says nothing of its parameters: ${JSON.stringify(tool.parameters)}`);
  return { name: tool.name, input: Object.fromEntries(input) };
}

const patch = [
  '*** Begin Patch',
  '*** Update File: notes.txt',
  '@@',
  '-colour: red',
  '+colour: green',
  ' shape: round',
  '*** End Patch',
  '',
].join('\n');

/** The values of parameters by the names that agents give them. */
function wordsFor(step: StepName, folder: string): JsonObject {
  const file = join(folder, 'notes.txt');
  const command = step === 'read' ? 'cat notes.txt' : 'cat notes.txt >> copy.txt && wc -l copy.txt';
  const [oldText, newText] = ['colour: red', 'colour: green'];
  return {
    file_path: file,
    filePath: file,
    old_string: oldText,
    oldString: oldText,
    new_string: newText,
    newString: newText,
    instruction: 'Change the colour from red to green, since the user wants it so.',
    command,
    cmd: command,
    description: 'Keeps a copy of the notes',
    input: patch,
    patchText: patch,
  };
}
