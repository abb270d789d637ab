import type { PublicError } from '@tollgate/plugin-kit';
import { z } from 'zod';
import type { FieldProblem } from '../foundation/errors.js';

export const problemType = 'application/problem+json';

/** What a refused request is told where no dialect says how: problem details after RFC 9457. */
export const problem = z
  .object({
    type: z.string().meta({ title: 'Tells kinds of problems apart, as `code` does; nothing stands at this address' }),
    title: z.string().meta({ title: 'The kind of problem in words' }),
    status: z.int(),
    detail: z.string().meta({ title: 'What is wrong with this request, and what to do' }),
    code: z.string().meta({ title: 'Never changes; docs/errors.md lists them' }),
    field: z.string().optional().meta({ title: 'The parameter, or the path of the field in the body, that is wrong' }),
    problems: z
      .array(z.object({ field: z.string(), detail: z.string() }))
      .readonly()
      .optional()
      .meta({ title: 'All that are wrong, where several are' }),
    requestId: z.string().meta({ title: 'To quote to the operator' }),
  })
  .meta({ id: 'Problem' });

/** @param error may carry `problems` beside what every public error has. */
export function problemOf(
  error: PublicError & { readonly problems?: readonly FieldProblem[] },
  requestId: string,
): z.input<typeof problem> {
  const { code, status, message, field, problems = [] } = error;
  return {
    type: `urn:tollgate:problem:${code}`,
    title: titleOf(code),
    status,
    detail: message,
    code,
    ...(field === undefined ? {} : { field }),
    ...(problems.length < 2 ? {} : { problems }),
    requestId,
  };
}

/** `model_not_found` → `Model not found`: as stable as the code. */
function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
