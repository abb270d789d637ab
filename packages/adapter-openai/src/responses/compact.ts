import { type Dialect, definePassedDialect } from '@tollgate/plugin-kit';
import { encodeError } from '../public-error.js';
import { requireName } from '../request-fields.js';
import { codexAnswerHeaders, codexHeaders } from './codex-headers.js';
import { referencesOf } from './references.js';
import { foreignSeals } from './seals.js';
import { readResponsesTokens } from './usage.js';

/** `POST /v1/responses/compact`: a conversation made shorter, sealed by the vendor. The answer is not stored. */
export const openaiCompact: Dialect = definePassedDialect({
  id: 'openai-responses-compact',
  vendor: 'openai',
  readUsage: readResponsesTokens,
  client: {
    routes: [{ path: '/v1/responses/compact' }],
    passHeaders: codexHeaders,
    answerHeaders: codexAnswerHeaders,
    guardedKeys: ['model', 'previous_response_id', 'input'],
    modelKey: 'model',
    inspect: (body) => ({ model: requireName(body['model'], 'model'), ...referencesOf(body).facts }),
    foreignSeals,
    encodeError,
  },
});
