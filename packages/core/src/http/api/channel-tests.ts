import { z } from 'zod';
import type { LastTest, TestChoice, TestReport } from '../../modules/upkeep/index.js';
import { channelId } from './channels.js';
import { defineEndpoint, type Endpoint, InvalidParameterError } from './endpoint.js';

export interface ChannelTestDoors {
  /** Ids of the languages that a test can be asked in. */
  readonly dialects: readonly string[];
  test(channelId: string, choice: TestChoice, userId: string): Promise<TestReport>;
  last(channelId: string): Promise<LastTest | undefined>;
}

const milliseconds = (title: string) => z.number().meta({ title, unit: 'ms' });

export const testReport = z
  .object({
    ok: z.boolean(),
    model: z.string(),
    upstreamModel: z.string().optional().meta({ title: 'Its name at the upstream' }),
    dialect: z.string().optional().meta({ title: 'The language that a caller would have spoken' }),
    lane: z.string().optional().meta({ title: 'How bytes got from that language to the one of the upstream' }),
    stream: z.boolean(),
    keyId: z.string(),
    keyHint: z.string(),
    status: z.int().optional().meta({ title: 'What the upstream answered' }),
    durationMs: milliseconds('Until the answer was whole, or had failed'),
    firstByteMs: milliseconds('Until its first byte').optional(),
    text: z.string().optional().meta({ title: 'How the answer begins' }),
    usage: z.record(z.string(), z.unknown()).optional().meta({ title: 'What the upstream stated; nobody is charged for it' }),
    failure: z
      .object({
        code: z.string(),
        kind: z.string(),
        scope: z.enum(['request', 'model', 'key', 'channel']).meta({ title: 'What the failure says something about' }),
        message: z.string(),
        retryAfterMs: z.number().optional(),
        upstreamText: z.string().optional().meta({ title: "How the upstream's own text begins, without secrets" }),
      })
      .optional()
      .meta({ title: 'Absent where it answered' }),
  })
  .meta({ id: 'ChannelTest' });

const text = z.string().min(1).max(255);

export function channelTestEndpoints(doors: ChannelTestDoors): readonly Endpoint[] {
  return [testOne(doors), lastOf(doors)];
}

function testOne({ dialects, test }: ChannelTestDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channels/:id/test',
    title: 'Send a small call through a channel, whatever is known against it; an answer ends what its failures have disabled',
    permission: 'channel.operate',
    params: channelId,
    body: z.strictObject({
      model: text.optional().meta({ title: 'Left out: its `testModel`, or the first that it offers' }),
      keyId: text.optional().meta({ title: 'Also one that is disabled; left out: the next one' }),
      dialect: text.optional().meta({ title: 'The language that a caller would speak; left out: one that the channel speaks itself' }),
      stream: z.boolean().default(false),
    }),
    response: testReport,
    handle: async ({ caller, params: { id }, body }) => {
      if (body.dialect !== undefined && !dialects.includes(body.dialect))
        throw new InvalidParameterError('dialect', `There are: ${dialects.join(', ')}.`);
      return presentReport(await test(id, body, caller.userId));
    },
  });
}

export function presentReport({ usage, ...report }: TestReport): z.input<typeof testReport> {
  return { ...report, ...(usage === undefined ? {} : { usage: { ...usage } }) };
}

function lastOf({ last }: ChannelTestDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/channels/:id/test',
    title: 'The last test of a channel, of a person or of the schedule; where several calls were made, one that failed',
    permission: 'channel.read',
    params: channelId,
    response: z.object({ test: z.object({ at: z.iso.datetime(), report: testReport }).optional() }),
    handle: async ({ params: { id } }) => {
      const found = await last(id);
      return found === undefined ? {} : { test: { at: new Date(found.at).toISOString(), report: presentReport(found.report) } };
    },
  });
}
