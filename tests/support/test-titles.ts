import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** Titles of the tests that a file declares by `it(…)` or `test(…)`, modifiers such as `it.each(…)(…)` included. */
export function testTitlesOf(file: string): ReadonlySet<string> {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const titles = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && declaresTest(node.expression)) {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) titles.add(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

function declaresTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 'it' || callee.text === 'test';
  if (ts.isPropertyAccessExpression(callee)) return declaresTest(callee.expression);
  return ts.isCallExpression(callee) && declaresTest(callee.expression);
}
