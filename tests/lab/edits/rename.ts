import { basename, dirname, join, relative } from 'node:path';
import type { RandomStream } from '../../../src/numerics/random.ts';
import type { Copy } from './copy.ts';
import {
  boundIn,
  declarationOf,
  nameOf,
  nodesIn,
  occurrences,
  parse,
  pick,
  rareName,
  shuffled,
  splice,
  textOf,
  topNames,
} from './source.ts';
import type { Change, Source, Splice, Syntax } from './source.ts';

/** Code that nodes reach, and what computes operations. */
export const CODE = [
  'src/{artifacts,baselines,kernels,models,runtime,tasks,training,numerics,lab/bench}/**/*.ts',
  'src/lab/{experiment,hash}.ts',
  'experiments/**/*.ts',
];

export const codeFiles = (copy: Copy): string[] =>
  copy.glob(...CODE).filter((path) => !/\.(as|d)\.ts$/.test(path));

export const drawSource = (copy: Copy, random: RandomStream): Source => {
  const path = pick(codeFiles(copy), random)!;
  return parse(path, copy.read(path));
};

/** Tries places in random order until one of them can be edited. */
export function firstOf<Place>(
  places: readonly Place[],
  random: RandomStream,
  edit: (place: Place) => Change | undefined,
): Change | undefined {
  for (const place of shuffled(places, random)) {
    const change = edit(place);
    if (change) return change;
  }
  return undefined;
}

const isGlobal = (name: string): boolean => name in globalThis || name === 'arguments';

/** Gives a local variable, or all of one name in a definition, another name. */
export function renameLocal(copy: Copy, random: RandomStream): Change | undefined {
  const source = drawSource(copy, random);
  const top = topLevelNames(source);
  const places = source.body.flatMap((statement) => {
    const own = new Set(topNames(statement));
    return [...new Set(boundIn(declarationOf(statement)))]
      .filter((name) => !own.has(name) && !top.has(name) && !isGlobal(name))
      .map((name) => ({ statement, name }));
  });
  return firstOf(places, random, ({ statement, name }) => {
    const splices = occurrences(statement, name, rareName(random));
    return new Map([[source.path, splice(source.text, splices)]]);
  });
}

/** What a module's top level binds, imports included. */
export const topLevelNames = ({ body }: Source): Set<string> =>
  new Set([
    ...body.flatMap(topNames),
    ...body
      .filter(({ type }) => type === 'ImportDeclaration')
      .flatMap(({ specifiers }) => (specifiers as Syntax[]).map(({ local }) => nameOf(local))),
  ]);

/** Whether something inside binds a name too. */
const isShadowed = ({ body }: Source, name: string): boolean =>
  body.some((statement) => {
    const inside = boundIn(declarationOf(statement)).filter((each) => each === name).length;
    return inside > topNames(statement).filter((each) => each === name).length;
  });

/** What names mean to the lab, not to code. */
const KEPT = /^(experiment|command|register.*)$/;

interface Exported {
  source: Source;
  statement: Syntax;
  name: string;
}

const renamed = ({ source, name }: Exported, other: string): Splice[] =>
  source.body.flatMap((statement) => occurrences(statement, name, other));

/** Renames a definition of the top level; what others import keeps its name. */
export function renameTop(copy: Copy, random: RandomStream): Change | undefined {
  const source = drawSource(copy, random);
  const places = source.body.flatMap((statement) =>
    topNames(statement).map((name) => ({ source, statement, name })),
  );
  return firstOf(places, random, (place) => {
    const { statement, name } = place;
    if (isShadowed(source, name) || hasSpecifier(source, name)) return undefined;
    const other = rareName(random);
    const splices = renamed(place, other);
    if (statement.type === 'ExportNamedDeclaration') {
      if (topNames(statement).length > 1) return undefined;
      const { start } = declarationOf(statement);
      splices.push({ start: statement.start, end: start, text: '' });
      splices.push({
        start: source.text.length,
        end: source.text.length,
        text: `export { ${other} as ${name} };\n`,
      });
    }
    return new Map([[source.path, splice(source.text, splices)]]);
  });
}

const hasSpecifier = ({ body }: Source, name: string): boolean =>
  body.some(
    ({ type, specifiers }) =>
      type === 'ExportNamedDeclaration' &&
      (specifiers as Syntax[]).some(({ local }) => nameOf(local) === name),
  );

/** The path from the root that a relative specifier means in a file. */
export const targetOf = (path: string, specifier: string): string => join(dirname(path), specifier);

export const specifierOf = (from: string, to: string): string => {
  const path = relative(dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
};

/** Renames an exported function where it is defined and wherever it is imported. */
export function renameExport(copy: Copy, random: RandomStream): Change | undefined {
  const source = drawSource(copy, random);
  const places = source.body
    .filter(({ type }) => type === 'ExportNamedDeclaration')
    .flatMap((statement) =>
      topNames(statement).map((name): Exported => ({ source, statement, name })),
    )
    .filter(({ name }) => !KEPT.test(name) && !isShadowed(source, name));
  return firstOf(places, random, (place) => {
    const other = rareName(random);
    if (hasSpecifier(source, place.name)) return undefined;
    const change: Change = new Map();
    for (const path of users(copy, source.path)) {
      const user = parse(path, copy.read(path));
      const splices = inUser(user, place, other);
      if (!splices) return undefined;
      if (splices.length > 0) change.set(path, splice(user.text, splices));
    }
    return change.set(source.path, splice(source.text, renamed(place, other)));
  });
}

/** Files that name this one: in the copy everything that a lab command loads is TypeScript. */
export const users = (copy: Copy, path: string): string[] =>
  copy
    .glob('{src,experiments,tests}/**/*.ts')
    .filter((each) => !/\.(as|d)\.ts$/.test(each) && each !== path)
    .filter((each) => copy.read(each).includes(basename(path)));

/** @returns undefined where the module is used as a whole */
function inUser(user: Source, { source, name }: Exported, other: string): Splice[] | undefined {
  const splices: Splice[] = [];
  for (const { syntax } of nodesIn(user)) {
    const from = syntax['source'] as Syntax | null | undefined;
    if (!from || targetOf(user.path, String(from['value'])) !== source.path) continue;
    if (!['ImportDeclaration', 'ExportNamedDeclaration'].includes(syntax.type)) return undefined;
    for (const specifier of syntax['specifiers'] as Syntax[]) {
      if (specifier.type === 'ImportNamespaceSpecifier') return undefined;
      const imported = (specifier['imported'] ?? specifier['local']) as Syntax;
      if (specifier.type === 'ImportDefaultSpecifier' || nameOf(imported) !== name) continue;
      const as = nameOf(specifier['exported'] ?? specifier['local']);
      const type = /^type\b/.test(textOf(user, specifier)) ? 'type ' : '';
      const { start, end } = specifier;
      splices.push({ start, end, text: `${type}${other} as ${as}` });
    }
  }
  return splices;
}

const importOf = (from: string, id: string): string =>
  `'${specifierOf(from, `experiments/${id}.ts`)}'`;

/** Renames an experiment: its file, its id, and where others import it. */
export function renameExperiment(copy: Copy, random: RandomStream): Change | undefined {
  const ids = copy.glob('experiments/*.ts').map((path) => basename(path, '.ts'));
  const texts = new Map(
    copy.glob('experiments/**/*.ts').map((path) => [path, copy.read(path)] as const),
  );
  return firstOf(ids, random, (id) => {
    const path = `experiments/${id}.ts`;
    const named = [...texts].filter(([, text]) => text.includes(`'${id}'`)).map(([each]) => each);
    if (named.join() !== path || texts.get(path)!.split(`'${id}'`).length !== 2) return undefined;
    const other = `${rareName(random).toLowerCase()}-jazz`;
    const change: Change = new Map([[path, undefined]]);
    change.set(`experiments/${other}.ts`, texts.get(path)!.replace(`'${id}'`, `'${other}'`));
    for (const [each, text] of texts)
      if (each !== path && text.includes(importOf(each, id)))
        change.set(each, text.replaceAll(importOf(each, id), importOf(each, other)));
    return change;
  });
}

/** Renames a local of a kernel written in AssemblyScript. */
export function renameAssemblyScript(copy: Copy, random: RandomStream): Change | undefined {
  const path = pick(copy.glob('src/kernels/**/*.as.ts'), random)!;
  const text = copy.read(path);
  const names = [...text.matchAll(/^\s+(?:let|const) (\w+)\b/gm)].map(([, name]) => name!);
  const lines = text.matchAll(/^(?:import .*|export \{.*|.*\b(?:function|class) \w+)/gm);
  const fixed = new Set([...lines].flatMap(([line]) => line.split(/\W+/)));
  return firstOf([...new Set(names)], random, (name) => {
    const used = new RegExp(`\\.${name}\\b|^(?:export )?const ${name}\\b`, 'm').test(text);
    if (used || fixed.has(name)) return undefined;
    return new Map([[path, text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), rareName(random))]]);
  });
}
