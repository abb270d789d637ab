/** What `${NAME}` in a file stands for, by name. */
export type VariableValues = Readonly<Record<string, string | undefined>>;

/** How variables are spoken of where they come from. */
export interface VariableWords {
  readonly noun: string;
  /** What to do where a name has no value. */
  adviceFor(name: string): string;
}

/** Of the process that applies the file. */
export const environmentWords: VariableWords = {
  noun: 'an environment variable',
  adviceFor: (name) => `The environment variable ${name} is not set. Set it where you run this command.`,
};

/** Of a request: what came with it, and nothing of the machine that serves it. */
export const requestWords: VariableWords = {
  noun: 'a variable',
  adviceFor: (name) => `There is no value for ${name}: give it in \`variables\`.`,
};
