import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';

/** One import of a source file, `import type`, `export … from`, `import()` and type queries included. */
export interface Import {
  readonly specifier: string;
  /** Path of the imported file from the repository's root; undefined for packages. */
  readonly target: string | undefined;
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
  readonly isTest: boolean;
}

export function parseSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return {
    path,
    text,
    tree,
    imports: importsOf(path, tree),
    isTest: /(\.test|^test-[a-z-]+|\/test-[a-z-]+|\.bench)\.ts$|\/testing\//.test(path),
  };
}

/** All TypeScript files under the folder, `dist` and `node_modules` left out. */
export function readSources(root: string, folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory())
      return entry.name === 'dist' || entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : readSources(root, path);
    return /\.tsx?$/.test(entry.name) ? [parseSource(path, readFileSync(join(root, path), 'utf8'))] : [];
  });
}

function importsOf(path: string, tree: ts.SourceFile): readonly Import[] {
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    imports.push({ specifier: specifier.text, target: targetOf(path, specifier.text), typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsTypesOnly(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return imports;
}

function importsTypesOnly(declaration: ts.ImportDeclaration): boolean {
  const clause = declaration.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly)
  );
}

function targetOf(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(dirname(path), specifier).replace(/\.js$/, '.ts');
}
