import type { Block, CanonicalRequest, CodecContext, JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { difyChat } from './dialect.js';

const text = (value: string): Block => ({ type: 'text', text: value });

function encoded(fields: Partial<CanonicalRequest>): { readonly body: JsonObject; readonly lost: readonly string[] } {
  const lost: string[] = [];
  const context: CodecContext = {
    lose: ({ field, how }) => lost.push(`${field} ${how}`),
    newId: (prefix) => prefix,
    now: () => 0,
    model: { id: 'app' },
  };
  const request: CanonicalRequest = { model: 'app', stream: false, turns: [{ role: 'user', blocks: [text('Hello')] }], ...fields };
  return { body: difyChat.upstream.encodeRequest(request, context), lost };
}

describe('a message to an app', () => {
  it('is the question as it is, where there is nothing else', () => {
    const body = { inputs: {}, query: 'Hello', response_mode: 'streaming', user: 'u-1', auto_generate_name: false };
    expect(encoded({ stream: true, endUser: 'u-1' })).toEqual({ body, lost: [] });
  });

  it('is a whole conversation as one text, which is said', () => {
    const { body, lost } = encoded({
      turns: [
        { role: 'system', blocks: [text('Be brief.')] },
        { role: 'user', blocks: [text('Hello')] },
        { role: 'assistant', blocks: [text('Hi.')] },
        { role: 'user', blocks: [text('And?')] },
      ],
    });
    expect(body['query']).toBe('SYSTEM:\nBe brief.\n\nUSER:\nHello\n\nASSISTANT:\nHi.\n\nUSER:\nAnd?');
    expect(lost).toEqual(['messages emulated']);
  });

  it('has pictures by their address', () => {
    const picture: Block = { type: 'media', media: 'image', source: { url: 'https://a.example/a.png' } };
    const { body } = encoded({ turns: [{ role: 'user', blocks: [text('See.'), picture] }] });
    expect(body).toMatchObject({
      query: 'See.',
      files: [{ type: 'image', transfer_method: 'remote_url', url: 'https://a.example/a.png' }],
    });
  });

  it('is preceded by an operator’s instructions', () => {
    const { body } = encoded({});
    difyChat.upstream.instruct?.(body, { text: 'Be kind.', how: 'prepend' });
    expect(body['query']).toBe('SYSTEM:\nBe kind.\n\nHello');
  });
});
