import { openaiCompatible } from '@tollgate/adapter-openai';
import { objectIn, objectsIn, type UpstreamModel } from '@tollgate/plugin-kit';
import type { ModelListing } from './preset.js';

/** Reads a list of models in each form that there is. */
export function modelsIn(body: unknown, form: ModelListing['form']): readonly UpstreamModel[] {
  const listed = form === undefined ? body : { data: form === 'list' ? body : namedIn(body) };
  return openaiCompatible.models?.read(listed) ?? [];
}

function namedIn(body: unknown): readonly object[] {
  return objectsIn(objectIn(body)?.['result']).map(({ name }) => ({ id: name }));
}
