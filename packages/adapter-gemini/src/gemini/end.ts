import type { EndReader } from '@tollgate/plugin-kit';
import { verdictOfError } from './error-verdict.js';
import { isJsonObject } from './wire.js';

/** Nearly always a frame names the reason to finish, or the reason why there is no answer; but the dialect promises no last frame. */
export const geminiEnd: EndReader = {
  wholeNeedles: ['"finishReason":"', '"finishReason": "', '"blockReason":"', '"blockReason": "'],
  failureNeedles: ['"error":{', '"error": {'],
  endsByClosing: true,
  read(frame) {
    const verdict = verdictOfError(frame);
    if (verdict !== undefined) return verdict;
    if (!isJsonObject(frame)) return undefined;
    const candidate: unknown = Array.isArray(frame['candidates']) ? frame['candidates'][0] : undefined;
    if (isJsonObject(candidate) && typeof candidate['finishReason'] === 'string') return 'whole';
    const feedback = frame['promptFeedback'];
    return isJsonObject(feedback) && typeof feedback['blockReason'] === 'string' ? 'whole' : undefined;
  },
};
