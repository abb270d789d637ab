import type { ClientSide } from '@tollgate/plugin-kit';
import type { ServedDialect } from '../../relay/relay-call.js';

/** A dialect as far as the front of the house reads one. */
export function testDialect(id: string, client: Partial<ClientSide>): ServedDialect {
  const encodeError: ClientSide['encodeError'] = ({ status, code, message }, requestId) => ({
    status,
    body: { dialect: id, code, message, requestId },
  });
  const side = { routes: [], pathPrefixes: [], credentials: [], passHeaders: [], guardedKeys: [], encodeError, ...client };
  return { id, client: side } as unknown as ServedDialect;
}
