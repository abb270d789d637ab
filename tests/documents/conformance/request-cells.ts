import type { ServedDialect } from '../../relay/dialects.js';
import { type Capability, requestIn } from '../capabilities.js';
import { translated, written } from '../translate-request.js';
import { type Cell, cellFor, none, passed, refusedOr } from './cell.js';
import { firstDifference, meaningOf } from './equivalents.js';

/**
 * What becomes of something that a client asks for: its request is written in the client's dialect, read, written in the upstream's and
 * read there as a server would. Green is what means the same at both ends and of which no loss was said.
 */
export function requestCell(capability: Capability, from: ServedDialect, to: ServedDialect): Cell {
  const request = requestIn(from.id, capability);
  if (request === undefined) return none;
  if (from.id === to.id) return written(from, request) === undefined ? none : passed;
  return refusedOr(() => {
    const translation = translated(request, from, to);
    if (translation === undefined) return none;
    const { losses, before, after } = translation;
    return cellFor(losses, firstDifference(meaningOf(after), meaningOf(before)));
  });
}
