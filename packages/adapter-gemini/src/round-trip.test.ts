import type { Block, CanonicalResponse, CanonicalSink, JsonObject } from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRequest } from './gemini/decode-request.js';
import { decodeResponse } from './gemini/decode-response.js';
import { encodeRequest } from './gemini/encode-request.js';
import { encodeResponse } from './gemini/encode-response.js';
import { StreamDecoder } from './gemini/stream-decoder.js';
import { StreamEncoder } from './gemini/stream-encoder.js';
import { anyRequest, anyResponse } from './testing/arbitraries.js';
import { canonicalRequest } from './testing/canonical-request.js';
import { testContext } from './testing/test-context.js';

/** A value as it looks after the network. */
function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** The answer of a stream that goes through an encoder and a decoder. */
function streamed(drive: (sink: CanonicalSink) => void): CanonicalResponse {
  const sink = checkedSink();
  const decoder = new StreamDecoder(sink, testContext());
  drive(new StreamEncoder({ frame: (data) => decoder.frame(data) }, testContext()));
  decoder.end('done');
  return sink.response();
}

function open(sink: CanonicalSink, index: number, block: Block): void {
  if (block.type === 'tool-call') sink.openBlock(index, { type: 'tool-call', id: block.id, name: block.name });
  else if (block.type === 'text' || block.type === 'thinking') sink.openBlock(index, { type: block.type });
  else sink.wholeBlock(index, block);
}

function deltasOf(block: Block): readonly string[] {
  if (block.type === 'text' || block.type === 'thinking') return [...block.text];
  return block.type === 'tool-call' ? [...block.arguments] : [];
}

function delta(sink: CanonicalSink, index: number, block: Block, piece: string): void {
  if (block.type === 'tool-call') sink.argumentsDelta(index, piece);
  else sink.textDelta(index, piece);
}

function close(sink: CanonicalSink, index: number, block: Block): void {
  if (block.type === 'media') return;
  if (block.seal !== undefined) sink.seal(index, block.seal);
  sink.closeBlock(index);
}

describe('round trip', () => {
  it('carries every request that the dialect can express, without a loss', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const context = testContext();
        const body = overTheWire(encodeRequest(request, context)) as JsonObject;
        expect(decodeRequest(body, { model: request.model, stream: request.stream }, context)).toEqual(request);
        expect(context.losses).toEqual([]);
      }),
    );
  });

  it('carries every answer', () => {
    fc.assert(
      fc.property(anyResponse, (response) => {
        const body = overTheWire(encodeResponse(response, canonicalRequest(), testContext()));
        expect(decodeResponse(body, testContext())).toEqual(response);
      }),
    );
  });

  it('carries every stream, block after block', () => {
    fc.assert(
      fc.property(anyResponse, (response) => {
        const result = streamed((sink) => {
          sink.start(response.id, response.model);
          for (const [index, block] of response.blocks.entries()) {
            open(sink, index, block);
            for (const piece of deltasOf(block)) delta(sink, index, block, piece);
            close(sink, index, block);
          }
          sink.usage(response.usage);
          sink.stop(response.stop);
        });
        expect(result).toEqual(response);
      }),
    );
  });

  it('keeps texts and calls whole however blocks overlap', () => {
    fc.assert(
      fc.property(anyResponse, fc.infiniteStream(fc.nat()), (response, choices) => {
        const blocks = response.blocks.map(({ seal: _seal, ...block }) => block as Block);
        const result = streamed((sink) => {
          sink.start(response.id, response.model);
          blocks.forEach((block, index) => open(sink, index, block));
          const waiting = blocks.map((block, index) => ({ block, index, pieces: [...deltasOf(block)] }));
          while (waiting.length > 0) {
            const place = (choices.next().value as number) % waiting.length;
            const { block, index, pieces } = waiting[place] as (typeof waiting)[number];
            const piece = pieces.shift();
            if (piece !== undefined) delta(sink, index, block, piece);
            else {
              close(sink, index, block);
              waiting.splice(place, 1);
            }
          }
          sink.stop(response.stop);
        });
        expect(charactersOf(result.blocks)).toEqual(charactersOf(blocks));
        expect(callsOf(result.blocks)).toEqual(callsOf(blocks));
        expect(result.stop).toBe(response.stop);
      }),
    );
  });

  it('ends with a failure wherever a stream breaks off', () => {
    fc.assert(
      fc.property(anyResponse, fc.nat({ max: 20 }), (response, steps) => {
        const sink = checkedSink();
        const decoder = new StreamDecoder(sink, testContext());
        const encoder = new StreamEncoder({ frame: (data) => decoder.frame(data) }, testContext());
        encoder.start(response.id, response.model);
        for (const [index, block] of response.blocks.slice(0, steps).entries()) open(encoder, index, block);
        encoder.fail({ kind: 'network', status: 502, code: 'upstream_cut', message: 'Broke off.', scope: 'channel', retry: 'other' });
        decoder.end('done');
        expect(sink.calls.at(-1)).toEqual(['fail', expect.objectContaining({ status: 502, message: 'Broke off.' })]);
      }),
    );
  });
});

/** Blocks that overlap lose their order, but no character. */
function charactersOf(blocks: readonly Block[]): readonly string[] {
  return (['text', 'thinking'] as const).map((type) =>
    blocks
      .flatMap((block) => (block.type === type ? deltasOf(block) : []))
      .sort()
      .join(''),
  );
}

function callsOf(blocks: readonly Block[]): ReadonlySet<Block> {
  return new Set(blocks.filter((block) => block.type === 'tool-call'));
}
