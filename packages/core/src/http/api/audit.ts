import { z } from 'zod';
import {
  type AuditEvent,
  type AuditFilter,
  type AuditPage,
  changeActions,
  type ChangeKind,
  changeKinds,
} from '../../modules/changes/index.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';
import { PageCursors, pageOf, pageShape } from './page.js';

/** Newest first. */
export type ReadAudit = (filter: AuditFilter, page: AuditPage) => Promise<readonly AuditEvent[]>;

const cursors = new PageCursors('audit', z.tuple([z.string()]));

const auditEvent = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    action: z.enum(changeActions),
    kind: z.enum(changeKinds),
    name: z.string().meta({ title: 'What was changed; tokens are `user/name`, settings are their section' }),
    fields: z.array(z.object({ field: z.string(), from: z.string().optional(), to: z.string().optional() })).readonly(),
    author: z.object({
      kind: z.enum(['api', 'command-line', 'gateway']),
      userId: z.string().optional(),
      accessTokenId: z.string().optional(),
      requestId: z.string().optional(),
      clientAddress: z.string().optional(),
    }),
  })
  .meta({ id: 'AuditEvent' });

/** Who has changed what. Changes of settings are for those who may see settings. */
export function auditEndpoint(read: ReadAudit): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/audit',
    title: 'Who has changed what, newest first',
    permission: 'audit.read',
    query: z.strictObject({
      ...pageShape,
      kind: z.enum(changeKinds).optional(),
      action: z.enum(changeActions).optional(),
      name: z.string().max(600).optional(),
      userId: z.string().max(100).optional().meta({ title: 'Whose changes' }),
      requestId: z.string().max(100).optional().meta({ title: 'Changes by one request' }),
      from: z.iso.datetime({ offset: true }).optional(),
      to: z.iso.datetime({ offset: true }).optional().meta({ title: 'Before this time' }),
    }),
    response: pageOf(auditEvent),
    handle: async ({ caller: { permissions }, query }) => {
      const { kind, from, to, limit, cursor: _cursor, ...filter } = query;
      const seen = changeKinds.filter((each) => each !== 'setting' || permissions.has('settings.read'));
      const kinds: readonly ChangeKind[] = kind === undefined ? seen : seen.filter((each) => each === kind);
      const [before] = cursors.positionOf(query) ?? [];
      const events = await read({ ...filter, kinds, from: timeOf(from), to: timeOf(to) }, { limit: limit + 1, before });
      const { items, next } = cursors.page(query, events, ({ id }) => [id]);
      return { items: items.map(presentEvent), next };
    },
  });
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

function presentEvent({ id, at, action, kind, name, fields, author }: AuditEvent): z.input<typeof auditEvent> {
  return { id, at: new Date(at).toISOString(), action, kind, name, fields, author };
}
