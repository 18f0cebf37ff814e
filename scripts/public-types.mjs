// What is protected is for the classes of this package alone: programs extend none of them. So it is not in the published types,
// and neither is what is marked @internal, which TypeScript itself leaves out.

import ts from "typescript";

/** Types without the protected members of classes, but for constructors: those say that a class is made by no program. */
export function withoutProtected(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const gaps = [];
  const visit = (node) => {
    const isProtected = ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Protected;
    if (ts.isClassElement(node) && !ts.isConstructorDeclaration(node) && isProtected)
      gaps.push([node.getFullStart(), node.getEnd()]);
    else ts.forEachChild(node, visit);
  };
  visit(source);
  let kept = "";
  let from = 0;
  for (const [start, end] of gaps) {
    kept += text.slice(from, start);
    from = end;
  }
  return kept + text.slice(from);
}
