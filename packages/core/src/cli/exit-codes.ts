/** What the command's end tells a script. */
export const exitCodes = { success: 0, failure: 1, usage: 2 } as const;
