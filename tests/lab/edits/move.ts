import { basename, dirname, join } from 'node:path';
import type { RandomStream } from '../../../src/numerics/random.ts';
import type { Copy } from './copy.ts';
import {
  codeFiles,
  drawSource,
  firstOf,
  specifierOf,
  targetOf,
  topLevelNames,
  users,
} from './rename.ts';
import {
  declarationOf,
  inType,
  nameOf,
  nodesIn,
  occurrences,
  parse,
  rareName,
  shuffled,
  splice,
  textOf,
  topNames,
  walk,
} from './source.ts';
import type { Change, Source, Splice, Syntax } from './source.ts';

const isFunction = (statement: Syntax): boolean =>
  declarationOf(statement).type === 'FunctionDeclaration';

/** Swaps two functions of the top level. */
export function swapFunctions(copy: Copy, random: RandomStream): Change | undefined {
  const source = drawSource(copy, random);
  const [a, b] = shuffled(source.body.filter(isFunction), random);
  if (!a || !b) return undefined;
  const splices = [
    { start: a.start, end: a.end, text: textOf(source, b) },
    { start: b.start, end: b.end, text: textOf(source, a) },
  ];
  return new Map([[source.path, splice(source.text, splices)]]);
}

export function reorderImports(copy: Copy, random: RandomStream): Change | undefined {
  const source = drawSource(copy, random);
  const imports = source.body.filter(({ type }) => type === 'ImportDeclaration');
  if (imports.length < 2) return undefined;
  const texts = shuffled(imports, random).map((one) => textOf(source, one));
  const splices = imports.map(({ start, end }, i) => ({ start, end, text: texts[i]! }));
  return new Map([[source.path, splice(source.text, splices)]]);
}

/** Imports of one module by two statements. */
export function splitImport(copy: Copy, random: RandomStream): Change | undefined {
  const source = drawSource(copy, random);
  const places = source.body.filter(
    ({ type, specifiers }) =>
      type === 'ImportDeclaration' &&
      (specifiers as Syntax[]).length > 1 &&
      (specifiers as Syntax[]).every((each) => each.type === 'ImportSpecifier'),
  );
  return firstOf(places, random, (statement) => {
    const [first, ...rest] = (statement['specifiers'] as Syntax[]).map((one) =>
      textOf(source, one),
    );
    const keyword = statement['importKind'] === 'type' ? 'import type' : 'import';
    const from = `from ${textOf(source, statement['source'] as Syntax)};`;
    const text = `${keyword} { ${rest.join(', ')} } ${from}\n${keyword} { ${first} } ${from}`;
    return new Map([[source.path, splice(source.text, [{ ...statement, text }])]]);
  });
}

/** Moves a function into a file of its own beside the old one. */
export function moveDefinition(copy: Copy, random: RandomStream): Change | undefined {
  const source = drawSource(copy, random);
  return firstOf(source.body.filter(isFunction), random, (statement) => {
    const { path, text, body } = source;
    const [name] = topNames(statement);
    const moved = join(dirname(path), `${rareName(random).toLowerCase()}-${basename(path)}`);
    const { own, imports } = usedBy(source, statement);
    const back = [...own].filter((each) => each !== name);
    const exported = new Set(body.flatMap((each) => exportedBy(each)));
    const opened = back.filter((each) => !exported.has(each));
    const code = [
      ...imports,
      ...(back.length > 0
        ? [`import { ${back.join(', ')} } from '${specifierOf(moved, path)}';`]
        : []),
      `export ${textOf(source, declarationOf(statement))}\n`,
    ];
    const exports = [...opened, ...(exported.has(name!) ? [name] : [])];
    const link = `import { ${name} } from '${specifierOf(path, moved)}';\n`;
    const tail = exports.length > 0 ? `export { ${exports.join(', ')} };\n` : '';
    return new Map([
      [moved, code.join('\n')],
      [path, `${link}${splice(text, [{ ...statement, text: '' }])}${tail}`],
    ]);
  });
}

const exportedBy = (statement: Syntax): string[] => {
  if (statement.type !== 'ExportNamedDeclaration') return [];
  const named = (statement['specifiers'] as Syntax[]).map(({ exported }) => nameOf(exported));
  return [...named, ...topNames(statement)];
};

/** What values a statement uses of its module's top level, and the imports that it needs. */
function usedBy(source: Source, statement: Syntax): { own: Set<string>; imports: string[] } {
  const values = [...walk(statement)].filter((found) => !inType(found));
  const names = new Set(
    values.flatMap(({ syntax }) => (syntax.type === 'Identifier' ? [nameOf(syntax)] : [])),
  );
  const used = (name: string): boolean =>
    names.has(name) && occurrences(statement, name, name).length > 0;
  const tops = topLevelNames({
    ...source,
    body: source.body.filter((one) => one.type !== 'ImportDeclaration'),
  });
  const imports = source.body.flatMap((one) => {
    if (one.type !== 'ImportDeclaration' || one['importKind'] === 'type') return [];
    const from = textOf(source, one['source'] as Syntax);
    return (one['specifiers'] as Syntax[])
      .filter(({ local, importKind }) => importKind !== 'type' && used(nameOf(local)))
      .map((specifier) => {
        const whole = specifier.type !== 'ImportSpecifier';
        const text = textOf(source, specifier);
        return `import ${whole ? text : `{ ${text} }`} from ${from};`;
      });
  });
  return { own: new Set([...tops].filter(used)), imports };
}

/** Files whose names say what they are. */
const NAMED =
  /^experiments\/[^/]+$|^src\/lab\/|\/(op|reference|wasm|webgpu|register|features|browser|node|index|linear-shifts)\.ts$|\.wgsl\.ts$/;

/** Moves a file into another folder, with all imports of it and in it. */
export function moveFile(copy: Copy, random: RandomStream): Change | undefined {
  const files = codeFiles(copy).filter((path) => !NAMED.test(path) && !isNamedInText(copy, path));
  return firstOf(files, random, (path) => {
    const folder = rareName(random).toLowerCase();
    const moved = join(dirname(path), folder, basename(path));
    const change: Change = new Map();
    const own = parse(path, copy.read(path));
    const splices = specifiersIn(own).map(({ syntax, target }) =>
      quoted(syntax, specifierOf(moved, target)),
    );
    change.set(path, undefined).set(moved, splice(own.text, splices));
    for (const user of users(copy, path)) {
      const source = parse(user, copy.read(user));
      const found = specifiersIn(source).filter(({ target }) => target === path);
      const put = found.map(({ syntax }) => quoted(syntax, specifierOf(user, moved)));
      if (put.length > 0) change.set(user, splice(source.text, put));
    }
    return change;
  });
}

const quoted = ({ start, end }: Syntax, text: string): Splice => ({
  start,
  end,
  text: `'${text}'`,
});

/** String literals that name a file by a relative path. */
const specifiersIn = (source: Source): { syntax: Syntax; target: string }[] =>
  nodesIn(source).flatMap(({ syntax }) => {
    const { type, value } = syntax;
    const isPath = type === 'Literal' && typeof value === 'string' && /^\.\.?\//.test(value);
    return isPath ? [{ syntax, target: targetOf(source.path, value) }] : [];
  });

/** Modules of models, tasks and nodes are found by their names. */
const isNamedInText = (copy: Copy, path: string): boolean => {
  const [name, index] = [basename(path), join(dirname(path), 'index.ts')];
  if (copy.has(index) && copy.read(index).includes(`'./${name}'`)) return true;
  if (copy.read(path).includes('import.meta.resolve(`')) return true;
  const here = `moduleOf('${basename(path, '.ts')}')`;
  return codeFiles(copy).some((each) => copy.read(each).includes(here));
};
