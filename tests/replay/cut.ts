import { frameEnds } from './wire.js';
import { seededRandom } from './random.js';

/** How a response is cut into network writes, and how it ends. */
export type Cut =
  | { readonly mode: 'frames' }
  | { readonly mode: 'whole' }
  /** Slices of 1 to 7 bytes. */
  | { readonly mode: 'slices'; readonly seed: number }
  | { readonly mode: 'at'; readonly offsets: readonly number[] }
  /** The socket is destroyed after so many frames. */
  | { readonly mode: 'off-frames'; readonly frames: number }
  | { readonly mode: 'off-bytes'; readonly bytes: number }
  /** Nothing more comes after so many bytes, and the connection stays open. */
  | { readonly mode: 'stall'; readonly bytes: number };

/** The cut as a part of a path: `cut-slices-7`, `cut-at-12.40`. */
export function cutPath(cut: Cut): string {
  if (cut.mode === 'slices') return `cut-slices-${cut.seed}`;
  if (cut.mode === 'at') return `cut-at-${cut.offsets.join('.')}`;
  if (cut.mode === 'off-frames') return `cut-off-frames-${cut.frames}`;
  if (cut.mode === 'off-bytes' || cut.mode === 'stall') return `cut-${cut.mode}-${cut.bytes}`;
  return `cut-${cut.mode}`;
}

/** The inverse of {@link cutPath}; undefined if the part is no cut. */
export function parseCut(part: string): Cut | undefined {
  const [, mode, argument = ''] = /^cut-(frames|whole|slices|at|off-frames|off-bytes|stall)(?:-([\d.]+))?$/.exec(part) ?? [];
  if (mode === 'frames' || mode === 'whole') return { mode };
  if (mode === 'slices') return { mode, seed: Number(argument) };
  if (mode === 'at') return { mode, offsets: argument.split('.').map(Number) };
  if (mode === 'off-frames') return { mode, frames: Number(argument) };
  if (mode === 'off-bytes' || mode === 'stall') return { mode, bytes: Number(argument) };
  return undefined;
}

export interface CutBody {
  readonly pieces: readonly Buffer[];
  readonly ending: 'end' | 'destroy' | 'stall';
}

export function cutBody(body: Buffer, cut: Cut): CutBody {
  if (cut.mode === 'off-frames') return { pieces: [body.subarray(0, frameEnds(body)[cut.frames - 1] ?? 0)], ending: 'destroy' };
  if (cut.mode === 'off-bytes') return { pieces: [body.subarray(0, cut.bytes)], ending: 'destroy' };
  if (cut.mode === 'stall') return { pieces: [body.subarray(0, cut.bytes)], ending: 'stall' };
  return { pieces: piecesAt(body, offsetsOf(body, cut)), ending: 'end' };
}

function offsetsOf(body: Buffer, cut: Cut): readonly number[] {
  if (cut.mode === 'frames') return frameEnds(body);
  if (cut.mode === 'slices') return sliceOffsets(body.length, cut.seed);
  return cut.mode === 'at' ? cut.offsets : [];
}

export function piecesAt(body: Buffer, offsets: readonly number[]): readonly Buffer[] {
  const edges = [0, ...offsets.filter((offset) => offset > 0 && offset < body.length), body.length];
  return edges.slice(1).map((edge, position) => body.subarray(edges[position], edge));
}

function sliceOffsets(length: number, seed: number): readonly number[] {
  const random = seededRandom(seed);
  const offsets: number[] = [];
  for (let offset = 0; offset < length; offset += 1 + Math.floor(random() * 7)) offsets.push(offset);
  return offsets;
}
