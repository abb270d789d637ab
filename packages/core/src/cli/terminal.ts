/** Where commands write: results to one stream, everything else to the other. */
export interface Terminal {
  /** A result: standard output. */
  print(text: string): void;
  /** A message to the person in front: standard error. */
  tell(text: string): void;
}

export const processTerminal: Terminal = {
  print: (text) => void process.stdout.write(`${text}\n`),
  tell: (text) => void process.stderr.write(`${text}\n`),
};
