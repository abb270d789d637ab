import type { CodecContext, EmbedRequest, JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { cohereEmbed } from './dialect.js';

/** Requests of this operation have their own type behind that of generation. */
interface Client {
  decodeRequest(body: JsonObject, facts: { readonly model: string }, context: CodecContext): EmbedRequest;
}

function read(body: JsonObject): { readonly request: EmbedRequest; readonly lost: readonly string[] } {
  const lost: string[] = [];
  const context: CodecContext = { lose: ({ field }) => lost.push(field), newId: (prefix) => prefix, now: () => 0, model: { id: 'm' } };
  const client = cohereEmbed.client as unknown as Client;
  return { request: client.decodeRequest(body, { model: 'm' }, context), lost };
}

describe('a request for vectors that another language has to carry', () => {
  it('is read, with what its vectors are for', () => {
    const body = { model: 'm', texts: ['a'], input_type: 'search_query', output_dimension: 256, embedding_types: ['float'] };
    expect(read(body)).toEqual({ request: { model: 'm', inputs: ['a'], task: 'RETRIEVAL_QUERY', dimensions: 256 }, lost: [] });
  });

  it('says what is lost of it', () => {
    const body = { model: 'm', texts: ['a'], input_type: 'image', truncate: 'END', max_tokens: 5, images: ['data:'], inputs: [] };
    expect(read(body).lost).toEqual(['input_type', 'truncate', 'max_tokens', 'images', 'inputs']);
  });

  it('is refused without texts, and for other vectors', () => {
    expect(() => read({ model: 'm', images: ['data:'] })).toThrow('texts is required');
    expect(() => read({ model: 'm', texts: ['a'], embedding_types: ['int8'] })).toThrow('embedding_types');
  });
});
