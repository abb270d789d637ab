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
    title: '`lasting`: what is disabled, and channels that cool down as a whole; `everything`: every cool-down of a model or a key, too',
  }),
});

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
