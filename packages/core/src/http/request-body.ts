import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { JsonObject } from '@tollgate/plugin-kit';
import { BodyTooLargeError, UnreadableBodyError } from './http-errors.js';

type Decompress = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const decompressors: Readonly<Record<string, Decompress>> = {
  gzip: promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  deflate: promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate),
  br: promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress),
};

/**
 * Reads a body once, whole and decompressed.
 * @throws BodyTooLargeError as soon as the limit is passed, before or after decompression; UnreadableBodyError
 */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  if (Number(request.headers['content-length']) > bytesMax) throw new BodyTooLargeError(bytesMax);
  const bytes = await collect(request, bytesMax);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return bytes;
  return decompress(bytes, encoding, bytesMax);
}

function collect(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      request.off('data', take);
      request.resume();
      reject(new BodyTooLargeError(bytesMax));
    };
    request.on('data', take);
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', () => reject(new UnreadableBodyError('The request ended before its body did.')));
  });
}

async function decompress(bytes: Buffer, encoding: string, bytesMax: number): Promise<Buffer> {
  const run = decompressors[encoding];
  if (run === undefined)
    throw new UnreadableBodyError(`The content encoding "${encoding.slice(0, 40)}" is not supported; use gzip, deflate, br or none.`);
  try {
    return await run(bytes, { maxOutputLength: bytesMax });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw new BodyTooLargeError(bytesMax);
    throw new UnreadableBodyError(`The body is not valid ${encoding}.`, { cause: error });
  }
}

/** @throws UnreadableBodyError if the body is not one JSON object. */
export function parsedObject(body: Buffer): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(textOf(body));
  } catch (error) {
    throw new UnreadableBodyError(
      `The body is not valid JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'it cannot be parsed'}.`,
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new UnreadableBodyError('The body must be a JSON object.');
  return json as JsonObject;
}

/** Most bodies are ASCII, which becomes a string several times faster than UTF-8 that might hold anything. */
function textOf(body: Buffer): string {
  return body.toString(isAscii(body) ? 'latin1' : 'utf8');
}
