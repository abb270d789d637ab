import { BadRequestError, type CodecContext, type EmbedRequest, type JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { embeddingsByPredict, vertexCountTokens } from './index.js';

const contextOf = (model: string): CodecContext => ({
  lose: () => undefined,
  newId: (prefix) => prefix,
  now: () => 0,
  model: { id: model },
});

/** What the kernel hands from one dialect of an operation to another has types of its own. */
function embedding(request: EmbedRequest, model: string): JsonObject {
  return embeddingsByPredict.upstream.encodeRequest(request as never, contextOf(model));
}

describe('embeddings by predict', () => {
  it('asks for each text by an instance', () => {
    const request = { model: 'm', inputs: ['a', 'b'], dimensions: 2, task: 'RETRIEVAL_QUERY' };
    expect(embedding(request, 'text-embedding-005')).toEqual({
      instances: [
        { content: 'a', task_type: 'RETRIEVAL_QUERY' },
        { content: 'b', task_type: 'RETRIEVAL_QUERY' },
      ],
      parameters: { outputDimensionality: 2 },
    });
  });

  it('asks a model for no more than it takes', () => {
    expect(() => embedding({ model: 'm', inputs: ['a', 'b'] }, 'gemini-embedding-001')).toThrow(BadRequestError);
    expect(() => embedding({ model: 'm', inputs: [[1, 2]] }, 'text-embedding-005')).toThrow(BadRequestError);
  });
});

describe('counting at Google’s cloud', () => {
  it.each([
    { contents: [{ parts: [{ text: 'a' }] }], system_instruction: { parts: [] }, safetySettings: [] },
    { generateContentRequest: { model: 'models/x', contents: [{ parts: [{ text: 'a' }] }], systemInstruction: { parts: [] } } },
  ])('has what is counted in the body as it is: %o', (body) => {
    const edited: JsonObject = structuredClone(body);
    vertexCountTokens.edits?.request?.(edited, contextOf('x'));
    expect(edited).toEqual({ contents: [{ parts: [{ text: 'a' }] }], systemInstruction: { parts: [] } });
  });
});
