import type { CanonicalResponse, CodecContext } from '@tollgate/plugin-kit';
import { ResponseCollector } from './response-collector.js';
import { StreamDecoder } from './stream-decoder.js';

/** A unary answer, which is a stream of one frame. @throws UpstreamError if it is an error or empty. */
export function decodeResponse(body: unknown, context: CodecContext): CanonicalResponse {
  const collector = new ResponseCollector();
  const decoder = new StreamDecoder(collector, context);
  decoder.response(body);
  decoder.end('done');
  return collector.response();
}
