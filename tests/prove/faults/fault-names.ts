import ts from 'typescript';

/** Methods and functions whose waits no call passes, or that only pass on the wait of their caller; and parts with a file of their own. */
export type Exempt = readonly string[];

/**
 * Waits in a source file that no named point stands before. Waits for a method of the same class are left out, since that method's own
 * waits are looked at.
 */
export function unnamedWaits(path: string, text: string, exempt: Exempt): readonly string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node, state: { named: boolean }): void => {
    if (isFunction(node)) {
      if (!exempt.includes(nameOf(node, source))) ts.forEachChild(node, (child) => look(child, { named: false }));
      return;
    }
    if (ts.isAwaitExpression(node)) {
      ts.forEachChild(node, (child) => look(child, state));
      if (namesPoint(node, source)) state.named = true;
      else if (!isOwnMethod(node.expression) && !isOfPart(node.expression, exempt, source)) {
        if (!state.named)
          found.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${node.getText(source).slice(0, 60)}`);
        state.named = false;
      }
      return;
    }
    ts.forEachChild(node, (child) => look(child, state));
  };
  look(source, { named: false });
  return found;
}

/** The points that the file names. */
export function namedPoints(text: string): readonly string[] {
  return [...text.matchAll(/faults\('([a-z-]+)'\)|'(settlement|settlement-refused)', \(\) =>/g)].map(
    ([, direct, passed]) => direct ?? passed ?? '',
  );
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node);
}

function nameOf(node: ts.FunctionLikeDeclaration, source: ts.SourceFile): string {
  return node.name?.getText(source) ?? '';
}

function namesPoint(node: ts.AwaitExpression, source: ts.SourceFile): boolean {
  return /^(this\.#)?faults\(/.test(node.expression.getText(source));
}

/** `this.#part.method(…)`, where the part is exempt since its own file is looked at. */
function isOfPart(expression: ts.Expression, exempt: Exempt, source: ts.SourceFile): boolean {
  return ts.isCallExpression(expression) && exempt.some((part) => expression.expression.getText(source).startsWith(`${part}.`));
}

/** `this.#method(…)`, whatever is done with a failure of it. */
function isOwnMethod(expression: ts.Expression): boolean {
  if (!ts.isCallExpression(expression)) return false;
  const callee = expression.expression;
  if (!ts.isPropertyAccessExpression(callee)) return false;
  if (ts.isPrivateIdentifier(callee.name)) return callee.expression.kind === ts.SyntaxKind.ThisKeyword;
  return callee.name.text === 'catch' && isOwnMethod(callee.expression);
}
