import { existsSync, readFileSync } from 'node:fs';
import { FrameScanner } from '@tollgate/plugin-kit';

/** Recorded answers of vendors; they are not part of the repository. */
const folder = new URL('../../../../../shared/fixtures/', import.meta.url);

export interface RecordedAnswer {
  /** From the set's folder. */
  readonly file: string;
  readonly format: 'json' | 'jsonl-chunks' | 'sse-raw' | 'json-array-stream';
  readonly dialect: string;
  readonly status: number;
  readonly requestFile?: string;
}

/** The recorded answers of one dialect; none in a public clone, which is said aloud. */
export function recordedAnswers(dialect: string): readonly RecordedAnswer[] {
  if (!existsSync(folder)) {
    console.info(`Recorded responses of ${dialect} are not beside the repository: their tests are skipped.`);
    return [];
  }
  const { files } = JSON.parse(recordedText('MANIFEST.json')) as { files: RecordedAnswer[] };
  return files.filter((answer) => answer.dialect === dialect);
}

export function recordedText(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8');
}

/** The data of each frame of a recorded stream, without its framing. */
export function recordedFrames({ file, format }: RecordedAnswer): readonly string[] {
  const frames: string[] = [];
  const scanner = new FrameScanner(format === 'sse-raw' ? 'sse' : 'json-lines', (data) => frames.push(data));
  scanner.push(Buffer.from(recordedText(file)));
  scanner.end();
  return frames;
}
