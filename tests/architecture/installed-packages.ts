import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Folders of the package itself and of all that comes along when somebody installs it. */
export function installedFolders(packageFolder: string): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [realpathSync(packageFolder)];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (found.has(folder)) continue;
    found.add(folder);
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const dependency = resolved(folder, name);
      if (dependency !== undefined) waiting.push(dependency);
    }
  }
  return found;
}

/** Paths of all JavaScript files that come with a package. */
export function javascriptFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : javascriptFiles(path);
    return /\.[cm]?js$/.test(entry.name) ? [path] : [];
  });
}

/** As Node looks for packages: in `node_modules` here and in every folder above. */
function resolved(from: string, name: string): string | undefined {
  const here = join(from, 'node_modules', name);
  if (existsSync(here)) return realpathSync(here);
  return from === dirname(from) ? undefined : resolved(dirname(from), name);
}
