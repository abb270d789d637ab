import type { Options } from 'tsup';

/** One way to build every package: ESM for Node 20, types beside it unless the caller is in a hurry to start. */
export function libraryBuild(entry: Record<string, string>): Options {
  const isHurried = process.env['TOLLGATE_BUILD'] === 'fast';
  return {
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    sourcemap: true,
    // The types of the last whole build are better than none to whoever looks at the sources meanwhile.
    clean: isHurried ? ['!**/*.d.ts'] : true,
    splitting: true,
    dts: !isHurried,
  };
}
