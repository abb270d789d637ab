/** What the vendor's coding agent says of itself and its turn; the vendor's servers use it to keep a session together. */
export const codexHeaders: readonly string[] = [
  'openai-beta',
  'originator',
  'version',
  'session_id',
  'session-id',
  'conversation_id',
  'thread-id',
  'x-client-request-id',
  'x-openai-subagent',
  'x-codex-beta-features',
  'x-codex-turn-metadata',
  'x-codex-turn-state',
  'x-codex-parent-thread-id',
  'x-codex-window-id',
];

/** What the agent sends back with the next request of the turn, and what it may skip then. */
export const codexAnswerHeaders: readonly string[] = ['x-codex-turn-state', 'x-reasoning-included'];
