import type { RandomStream } from '../../../src/numerics/random.ts';
import type { Copy } from './copy.ts';
import { moveDefinition, moveFile, reorderImports, splitImport, swapFunctions } from './move.ts';
import {
  drawSource,
  firstOf,
  renameAssemblyScript,
  renameExperiment,
  renameExport,
  renameLocal,
  renameTop,
} from './rename.ts';
import { inType, nodesIn, parse, parses, pick, rareName, splice, textOf } from './source.ts';
import type { Change, Syntax } from './source.ts';

type Edit = (copy: Copy, random: RandomStream) => Change | undefined;

/** Puts text between two statements of a module. */
const between =
  (write: (random: RandomStream, path: string) => string): Edit =>
  (copy, random) => {
    const source = drawSource(copy, random);
    const { end } = pick(source.body, random) ?? { end: 0 };
    const put = `\n${write(random, source.path)}\n`;
    return new Map([[source.path, splice(source.text, [{ start: end, end, text: put }])]]);
  };

/** What a reference exports is what its operation computes, used or not. */
const unused = (random: RandomStream, path: string): string => {
  const [name, a, b] = [rareName(random), rareName(random), rareName(random)];
  const exported = path.endsWith('/reference.ts') ? '' : 'export ';
  return `${exported}function ${name}(${a}: number): number {\n  const ${b} = ${a} ** 7 / 13;\n  return ${b} % 11;\n}`;
};

const addComment: Edit = (copy, random) => {
  const source = drawSource(copy, random);
  const places = nodesIn(source).filter(({ syntax: { type } }) =>
    /^(ReturnStatement|ExpressionStatement|VariableDeclaration|BinaryExpression|CallExpression)$/.test(
      type,
    ),
  );
  return firstOf(places, random, ({ syntax: { start, type }, outer: [parent] }) => {
    if (type === 'VariableDeclaration' && parent?.type === 'ExportNamedDeclaration')
      return undefined;
    const text = random.uniform() < 0.5 ? '/* 1 + 1 */ ' : '/** x = 2; */';
    return new Map([[source.path, splice(source.text, [{ start, end: start, text }])]]);
  });
};

const removeComment: Edit = (copy, random) => {
  const source = drawSource(copy, random);
  return firstOf(source.comments, random, (comment) => {
    const line = source.text.slice(comment.start, comment.start + 2) === '//';
    const text = line || !source.text.slice(comment.start, comment.end).includes('\n') ? '' : '\n';
    return new Map([[source.path, splice(source.text, [{ ...comment, text }])]]);
  });
};

const commentAssemblyScript: Edit = (copy, random) => {
  const path = pick(copy.glob('src/kernels/**/*.as.ts'), random)!;
  const lines = copy.read(path).split('\n');
  const comments = lines.flatMap((line, i) => (/^\s*\/\/ /.test(line) ? [i] : []));
  const at = pick(comments, random);
  if (at !== undefined && random.uniform() < 0.5) lines.splice(at, 1);
  else {
    const ends = lines.flatMap((line, i) => (line.endsWith(';') && !line.includes('*') ? [i] : []));
    const end = pick(ends, random)!;
    lines[end] = `${lines[end]} // q = 2 * q;`;
  }
  return new Map([[path, lines.join('\n')]]);
};

/** In a shader: at the end of a line that holds code and no comment. */
const commentShader: Edit = (copy, random) => {
  const path = pick(copy.glob('src/kernels/**/*.wgsl.ts'), random)!;
  const source = parse(path, copy.read(path));
  const quasis = nodesIn(source).filter(({ syntax }) => syntax.type === 'TemplateElement');
  return firstOf(quasis, random, ({ syntax }) => {
    const ends = [...textOf(source, syntax).matchAll(/[;{]\n/g)].map(({ index }) => index + 1);
    const end = pick(ends, random);
    if (end === undefined) return undefined;
    const start = syntax.start + end;
    const before = source.text.slice(source.text.lastIndexOf('\n', start) + 1, start);
    if (before.includes('//')) return undefined;
    const text = random.uniform() < 0.5 ? ' // q = 2.0 * q;' : ' /* q = 2.0; */\n\n';
    return new Map([[path, splice(source.text, [{ start, end: start, text }])]]);
  });
};

const annotate: Edit = (copy, random) => {
  const source = drawSource(copy, random);
  const places = nodesIn(source).filter(({ syntax: { type, id, init } }) => {
    const name = id as Syntax | undefined;
    return (
      type === 'VariableDeclarator' &&
      init &&
      name?.type === 'Identifier' &&
      !name['typeAnnotation']
    );
  });
  return firstOf(places, random, ({ syntax }) => {
    const { end } = syntax['id'] as Syntax;
    return new Map([[source.path, splice(source.text, [{ start: end, end, text: ': unknown' }])]]);
  });
};

const VALUES =
  /^(Identifier|CallExpression|BinaryExpression|Literal|MemberExpression|ArrayExpression|ArrowFunctionExpression)$/;

/** Arguments and initialisers, in `as`. */
const cast: Edit = (copy, random) => {
  const source = drawSource(copy, random);
  const places = nodesIn(source).filter((found) => {
    const { syntax, outer } = found;
    const [parent] = outer;
    if (!parent || !VALUES.test(syntax.type) || inType(found)) return false;
    if (parent.type === 'VariableDeclarator') return parent['init'] === syntax;
    return parent.type === 'CallExpression' && parent['callee'] !== syntax;
  });
  return firstOf(places, random, ({ syntax }) => {
    const text = `((${textOf(source, syntax)}) as unknown as never)`;
    return new Map([[source.path, splice(source.text, [{ ...syntax, text }])]]);
  });
};

/** Where names mean code, and what an entry looks like there. */
const TABLES: readonly [string, string, (name: string) => string][] = [
  ['src/models/index.ts', 'ARCHITECTURES', (name) => `${name}: { build: ${name}, ...MAMBA }`],
  ['src/tasks/index.ts', 'SAMPLERS', (name) => name],
  ['src/training/schedule.ts', 'SCHEDULES', (name) => name],
  ['experiments/graphs/baselines.ts', 'BASELINES', (name) => name],
];

/** One more model, sampler, schedule or baseline. */
const addEntry: Edit = (copy, random) => {
  const [path, table, entryOf] = pick(TABLES, random)!;
  const text = copy.read(path);
  const [name, at] = [rareName(random), text.search(new RegExp(`const ${table}\\b`))];
  if (at < 0)
    throw new Error(`edits: expected a table ${table} in ${path}, got none; name it anew`);
  const [open, line] = [text.indexOf('= {', at) + 3, text.lastIndexOf('\n', at) + 1];
  const code = `export const ${name} = (x: never): never => [x, 7] as never;\n`;
  const changed = `${text.slice(line, open)} ${entryOf(name)}, ${text.slice(open)}`;
  return new Map([[path, `${text.slice(0, line)}${code}${changed}`]]);
};

/** Edits that change no number. */
export const HARMLESS: Readonly<Record<string, Edit>> = {
  'add a type': between((random) => `type ${rareName(random)} = { readonly q?: number };`),
  'add an interface': between(
    (random) => `export interface ${rareName(random)} { jazz(q: number): void }`,
  ),
  'add an unused function': between(unused),
  'rename a local': renameLocal,
  'rename a definition': renameTop,
  'rename an export': renameExport,
  'swap two functions': swapFunctions,
  'move a definition': moveDefinition,
  'move a file': moveFile,
  'reorder imports': reorderImports,
  'split an import': splitImport,
  'add a comment': addComment,
  'remove a comment': removeComment,
  'comment AssemblyScript': commentAssemblyScript,
  'comment a shader': commentShader,
  'annotate a type': annotate,
  'cast an expression': cast,
  'add an entry to a table': addEntry,
  'rename an AssemblyScript local': renameAssemblyScript,
  'rename an experiment': renameExperiment,
};

/** Draws a place for an edit of this kind; undefined where ten files have none. */
export function drawHarmless(copy: Copy, kind: string, random: RandomStream): Change | undefined {
  for (let tries = 0; tries < 10; tries++) {
    const change = HARMLESS[kind]!(copy, random);
    const whole = [...(change ?? [])].every(
      ([path, text]) => text === undefined || path.endsWith('.as.ts') || parses(path, text),
    );
    if (change && whole) return change;
  }
  return undefined;
}
