import { z } from 'zod';
import { defineSettings } from '../settings/index.js';

/** Who is told when a channel goes down or comes back. */
export const notificationSettings = defineSettings('notifications', {
  webhookUrl: z
    .string()
    .max(2_000)
    .refine((text) => text === '' || isWebAddress(text), 'Use an http or https address, or nothing.')
    .default('')
    .meta({
      title: 'Address that is told by `POST` when channels, models or keys of them go down and come back; empty = nobody',
      secret: true,
    }),
  webhookSecret: z.string().max(200).default('').meta({
    title: 'Signs what is sent: `x-tollgate-signature` is `sha256=` and the HMAC-SHA256 of the body in hex; empty = unsigned',
    secret: true,
  }),
  allowPrivate: z.boolean().default(false).meta({ title: 'The address may be in a private network' }),
  tell: z.enum(['lasting', 'everything']).default('lasting').meta({
    title: '`lasting`: channels that are down, and what is disabled; `everything`: every cool-down of a channel, a model or a key, too',
  }),
  downAfterMs: z.int().min(1_000).max(86_400_000).default(120_000).meta({
    title: 'A channel of which nothing can be used for so long is told as down, and as back once it could be used for as long',
    unit: 'ms',
  }),
});

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
