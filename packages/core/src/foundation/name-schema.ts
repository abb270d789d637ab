import { z } from 'zod';

/** What people call users, groups, models and channels. */
export const nameSchema = z
  .string()
  .min(1, 'Must not be empty.')
  .max(255, 'Must not be longer than 255 characters.')
  .regex(/^\S(.*\S)?$/, 'Must be one line without spaces at its ends.')
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'Must not contain control characters.');
