/** The option of every command that reads a configuration file. */
export const configOption = {
  config: {
    type: 'string',
    valueHint: 'file',
    description: 'Configuration file; tollgate.config.ts, .mts, .js or .mjs in this folder unless given',
  },
} as const;
