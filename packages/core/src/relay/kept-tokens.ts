import type { KeptResource } from '@tollgate/plugin-kit';
import type { RememberedResource } from '../modules/resources/index.js';
import { estimateStoredFile } from './estimate-media.js';
import { estimateBodyTokens } from './estimate-tokens.js';
import type { TokenScale } from './token-families.js';

/**
 * What an upstream keeps, with the tokens that naming it will add to the input of a request.
 * @param otherwise where neither the upstream states them nor anything is known to estimate them from
 */
export function withTokens(made: readonly KeptResource[], scale: TokenScale, otherwise?: number): readonly RememberedResource[] {
  return made.map(({ kind, id, expiresAt, ...size }) => {
    const tokens = tokensOf(size, scale) ?? otherwise;
    return { kind, id, ...(expiresAt === undefined ? {} : { expiresAt }), ...(tokens === undefined ? {} : { tokens: Math.ceil(tokens) }) };
  });
}

function tokensOf({ tokens, content, file }: Pick<KeptResource, 'tokens' | 'content' | 'file'>, scale: TokenScale): number | undefined {
  if (tokens !== undefined) return tokens;
  if (content !== undefined) return estimateBodyTokens(content, scale);
  return file && estimateStoredFile(file, scale);
}
