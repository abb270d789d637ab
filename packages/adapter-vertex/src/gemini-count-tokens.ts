import { geminiCountTokens } from '@tollgate/adapter-gemini';
import { type Dialect, extendDialect, objectIn } from '@tollgate/plugin-kit';

/** What counting knows of a request (reference "CountTokens API"). */
const countedFields: ReadonlySet<string> = new Set(['contents', 'systemInstruction', 'tools', 'generationConfig']);

/** `:countTokens` of Google's cloud, where what is counted stands in the body as it is, and the address says the model. */
export const vertexCountTokens: Dialect = extendDialect(geminiCountTokens, {
  id: 'vertex-count-tokens',
  edits: {
    request(body) {
      const whole = objectIn(body['generateContentRequest'] ?? body['generate_content_request']) ?? { ...body };
      for (const field of Object.keys(body)) delete body[field];
      for (const [field, value] of Object.entries(whole)) {
        const name = field === 'system_instruction' ? 'systemInstruction' : field === 'generation_config' ? 'generationConfig' : field;
        if (countedFields.has(name)) body[name] = value;
      }
    },
  },
});
