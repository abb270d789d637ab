import type { Block, JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, canonicalResponse, text } from '../testing/canonical.js';
import { chunk, chunksOf, decodeChat, encodeChat } from '../testing/chat-streams.js';
import { playResponse } from '../testing/play-response.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { encodeResponse } from './encode-response.js';
import { inspect } from './inspect.js';

const base64 = (...bytes: (number | string)[]): string =>
  Buffer.concat(bytes.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from([part])))).toString('base64');
const sound = (data: string, mimeType: string): Block => ({ type: 'media', media: 'audio', mimeType, source: { base64: data } });

function whole(message: JsonObject, context = testContext()) {
  return decodeResponse({ id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] }, context);
}

describe('an answer that is spoken', () => {
  const audio = { id: 'audio_1', expires_at: 1_764_000_000, transcript: 'Hello.' };

  it.each([
    [base64('RIFF', 0, 0, 'WAVE'), 'audio/wav'],
    [base64('ID3', 4), 'audio/mpeg'],
    [base64(0xff, 0xfb, 0x90), 'audio/mpeg'],
    [base64(0xff, 0xf3, 0x90), 'audio/mpeg'],
    [base64('fLaC', 0), 'audio/flac'],
    [base64('OggS', 0), 'audio/ogg'],
    [base64(0xff, 0xf1, 0x50), 'audio/aac'],
    [base64(1, 0, 2, 0), 'audio/pcm;rate=24000'],
  ])('has words, and a sound whose form its first bytes tell: %s is %s', (data, mimeType) => {
    expect(whole({ content: null, audio: { ...audio, data } }).blocks).toEqual([text('Hello.'), sound(data, mimeType)]);
  });

  it('keeps what is also written, and is none without a sound', () => {
    expect(whole({ content: 'Written', audio: { ...audio, data: 'AQA=' } }).blocks).toMatchObject([text('Written'), { media: 'audio' }]);
    expect(whole({ content: 'Written', audio: null }).blocks).toEqual([text('Written')]);
    expect(whole({ content: null, audio: { id: 'audio_1' } }).blocks).toEqual([]);
  });

  it('streams its words at once and its sound whole, whatever the pieces', () => {
    const pieces: JsonObject[] = [
      { role: 'assistant', audio: { id: 'audio_1', transcript: 'Hel' } },
      { audio: { data: base64(1) } },
      { audio: { transcript: 'lo.' } },
      { audio: { data: base64(2, 3) } },
      { audio: { expires_at: 1_764_000_000 } },
    ];
    const { blocks, stop } = decodeChat([...pieces.map((delta) => chunk(delta)), chunk({}, 'stop'), '[DONE]']).response();
    expect(blocks).toEqual([text('Hello.'), sound(base64(1, 2, 3), 'audio/pcm;rate=24000')]);
    expect(stop).toBe('end');
  });
});

describe('a spoken answer for a client', () => {
  const data = base64('RIFF', 0, 0, 'WAVE');
  const response = canonicalResponse({ blocks: [text('Hello.'), sound(data, 'audio/wav'), sound(data, 'audio/wav')] });
  const said = { id: expect.stringMatching(/^audio_/), data, expires_at: 1_764_000_000, transcript: '' };
  const asking = (format: string) =>
    canonicalRequest({ stream: true, extensions: { 'openai-chat': { audio: { voice: 'alloy', format } } } });

  it('is one sound beside its words, and comes back as it was', () => {
    const context = testContext();
    const { message } = encodeResponse(response, asking('wav'), context).choices[0];
    expect(message).toMatchObject({ content: 'Hello.', audio: said });
    expect(context.lostFields()).toEqual(['media block']);
    expect(whole(message as object as JsonObject).blocks).toEqual([text('Hello.'), sound(data, 'audio/wav')]);
  });

  it('is streamed as one delta', () => {
    const context = testContext();
    const chunks = chunksOf(encodeChat((sink) => playResponse(sink, response), asking('wav'), context));
    const deltas = chunks.map(({ choices }) => (choices as { delta: JsonObject }[])[0]?.delta);
    expect(deltas.filter((delta) => delta?.['audio'] !== undefined)).toEqual([{ audio: said }]);
    expect(context.lostFields()).toEqual(['media block']);
  });

  it('says if it speaks in another form than was asked for', () => {
    const context = testContext();
    encodeResponse(response, asking('mp3'), context);
    expect(context.lostFields()).toContain('audio.format');
  });
});

describe('what only the vendor keeps', () => {
  it('of sound in the history is lost, and said', () => {
    const context = testContext();
    const body = {
      model: 'm',
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: null, audio: { id: 'audio_1' } },
      ],
    };
    decodeRequest(body, inspect(body), context);
    expect(context.lostFields()).toEqual(['messages.1.audio']);
  });

  it('of the chances of tokens is said once, and not where there is nothing', () => {
    const logprobs = { content: [{ token: 'a', logprob: -1, bytes: null, top_logprobs: [] }], refusal: null };
    const context = testContext();
    decodeResponse({ choices: [{ index: 0, message: { content: 'a' }, logprobs, finish_reason: 'stop' }] }, context);
    whole({ content: 'a' }, context);
    expect(context.lostFields()).toEqual(['logprobs']);
  });
});
