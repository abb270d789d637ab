import { claude } from '@tollgate/adapter-claude';
import { geminiProvider } from '@tollgate/adapter-gemini';
import { openaiCompatible } from '@tollgate/adapter-openai';
import { type JsonObject, objectIn, type UpstreamFailure, type Verdict, verdictForKind } from '@tollgate/plugin-kit';
import type { RefusalHint } from './preset.js';

/** Reads a refusal in the language it came in, and then in the place's own words. */
export function classifierOf(hints: readonly RefusalHint[]): (failure: UpstreamFailure) => Partial<Verdict> {
  return (failure) => {
    const body = objectIn(failure.json());
    const verdict = readerFor(body)?.(failure) ?? {};
    const { names, message } = statedIn(body ?? {});
    const hint = hints.find((one) => names.some((name) => one.names?.includes(name) === true) || one.says?.test(message) === true);
    if (hint === undefined) return verdict;
    const { code = names[0] ?? `upstream_${failure.status}`, message: said = message } = verdict;
    const { kind, scope, retry } = verdictForKind(hint.kind, failure.status, said, code);
    return { ...verdict, kind, scope, retry, code, message: said === '' ? 'The upstream gave no reason.' : said };
  };
}

/** An error is as the vendor of the language writes it, and most places write it as the vendor of chat does whatever they are asked in. */
function readerFor(body: JsonObject | undefined): ((failure: UpstreamFailure) => Partial<Verdict>) | undefined {
  if (body?.['type'] === 'error') return claude.classify;
  const error = objectIn(body?.['error']);
  const isGoogles = typeof error?.['code'] === 'number' && /^[A-Z_]+$/.test(String(error['status']));
  return isGoogles ? geminiProvider.classify : openaiCompatible.classify;
}

/** All that may be a name of the error, and its words. */
function statedIn(body: JsonObject): { readonly names: readonly string[]; readonly message: string } {
  const layers = [objectIn(body['error']) ?? {}, objectIn(body['base_resp']) ?? {}, body];
  const fields = (...names: readonly string[]): readonly unknown[] => layers.flatMap((layer) => names.map((name) => layer[name]));
  const names = fields('code', 'type', 'status_code').filter((name) => typeof name === 'string' || typeof name === 'number');
  const message = [...fields('message', 'status_msg'), body['error']].find((text) => typeof text === 'string' && text !== '');
  return { names: names.map(String), message: typeof message === 'string' ? message : '' };
}
