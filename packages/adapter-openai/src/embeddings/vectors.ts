import { UpstreamError, verdictForKind } from '@tollgate/plugin-kit';

const floatBytes = 4;

/** A vector as the vendor's `base64` format has it: 32-bit floats, least significant byte first. */
export function vectorToBase64(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * floatBytes);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * floatBytes));
  return bytes.toString('base64');
}

/** A vector in either format. @throws UpstreamError if it is none. */
export function readVector(value: unknown): readonly number[] {
  if (Array.isArray(value) && value.every((element) => typeof element === 'number')) return value;
  if (typeof value !== 'string')
    throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no vector.', 'upstream_bad_answer'));
  const bytes = Buffer.from(value, 'base64');
  return Array.from({ length: Math.floor(bytes.length / floatBytes) }, (_, index) => bytes.readFloatLE(index * floatBytes));
}
