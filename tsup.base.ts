import type { Options } from 'tsup';

/** One way to build every package: ESM for Node 20, types beside it unless the caller is in a hurry to start. */
export function libraryBuild(entry: Record<string, string>): Options {
  return {
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    sourcemap: true,
    clean: true,
    splitting: true,
    dts: process.env['TOLLGATE_BUILD'] !== 'fast',
  };
}
