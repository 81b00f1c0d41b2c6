import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sha256 } from '../hash.ts';
import { canonical, canonicalEffect } from './canonical.ts';
import type { Canonical, Reference } from './canonical.ts';
import { createParser } from './modules.ts';
import type { Definition, Module } from './modules.ts';

/** What a name stands for, across modules. */
type Target =
  | { definition: Definition; at: number }
  | { package: string; name: string }
  | { namespace: Module }
  | { file: string };

/** An export of a module: where code begins. */
export interface Entry {
  /** `file:` URL. */
  module: string;
  exportName: string;
}

/** The code that entries reach. */
export interface Meaning {
  /** Equal for code that differs only in names, order, files, comments, types, or in what is not reached. */
  hash: string;
  /** Start of a hash of what is reached in each file, by path from the root. */
  files: Record<string, string>;
  /** Packages, and built-in modules as `node:…`, with the names that are used of them. */
  packages: Map<string, Set<string>>;
}

export interface Reader {
  meaningOf(entries: readonly Entry[]): Meaning;
  /** What a module imports from others of this repository by name. */
  importsOf(path: string): Entry[];
  /** Every file that is evaluated where modules are imported, by path from the root. */
  loadedBy(paths: readonly string[]): string[];
}

/** Its definitions compute what another module specifies, and how they do it counts elsewhere: `hashOf`. */
const IMPLEMENTATION =
  /(^|\/)src\/(runtime\/|kernels\/(register\.ts|wasm\/|webgpu\/|[^/]+\/(wasm|webgpu)\.ts|.*\.wgsl\.ts))/;

export const isImplementation = (path: string): boolean => IMPLEMENTATION.test(path);

/** `op.ts` beside a `reference.ts`: what the operation computes counts with it. */
const OPERATION = /\/kernels\/[^/]+\/op\.ts$/;
const SPECIFICATION = /\/kernels\/[^/]+\/reference\.ts$/;

/**
 * Reads what code means. Each definition at the top level of a module is hashed with local names, order, file and
 * types taken out, and with each reference replaced by the hash of what it refers to. Whatever a function touches
 * counts, wherever it stands. Implementations of operations do not: they belong to the device.
 */
export function createReader(root: string, implementations = false): Reader {
  const parse = createParser(root);
  const texts = new Map<Definition, Canonical>();
  const uses = new Map<Definition, Definition[]>();
  const hashes = new Map<Definition, string>();

  const moduleOf = (from: string, module: Module): Module | string => {
    const path = from.startsWith('file:')
      ? fileURLToPath(from)
      : resolve(dirname(module.path), from);
    return /\.[cm]?[jt]s$/.test(path) ? parse(path) : path;
  };

  const isPackage = (from: string): boolean => !/^(\.|\/|file:)/.test(from);

  function targetOf(module: Module, reference: Reference): Target {
    if ('own' in reference) return ownTarget(module, reference.own);
    const { from, name } = reference.imported;
    if (isPackage(from)) return { package: from, name };
    const other = moduleOf(from, module);
    if (typeof other === 'string') return { file: other };
    if (name === '*') return { namespace: other };
    const found = exportOf(other, name);
    if (found) return found;
    const [file, target] = [module, other].map(({ path }) => relative(root, path));
    throw new Error(
      `${file}: expected an export ${name} of ${target}, got none; correct the import`,
    );
  }

  function ownTarget(module: Module, name: string): Target {
    const imported = module.imports.get(name);
    if (imported) return targetOf(module, { imported });
    const definition = module.definitions.get(name);
    if (definition) return { definition, at: definition.names.indexOf(name) };
    throw new Error(`${relative(root, module.path)}: expected a definition of ${name}, got none`);
  }

  function exportOf(module: Module, name: string): Target | undefined {
    const exported = module.exports.get(name);
    if (typeof exported === 'string') return ownTarget(module, exported);
    if (exported) return targetOf(module, { imported: exported });
    for (const from of module.stars) {
      const other = moduleOf(from, module);
      const found = typeof other === 'string' ? undefined : exportOf(other, name);
      if (found) return found;
    }
    return undefined;
  }

  function exportsOf(module: Module): [string, Target][] {
    const stars = module.stars.flatMap((from) => {
      const other = moduleOf(from, module);
      return typeof other === 'string' ? [] : exportsOf(other);
    });
    const own = [...module.exports.keys()].map((name): [string, Target] => [
      name,
      exportOf(module, name)!,
    ]);
    return [...stars, ...own].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  const textOf = (definition: Definition): Canonical => {
    const text = texts.get(definition) ?? specified(definition);
    texts.set(definition, text);
    return text;
  };

  /** With the exports of the reference beside an operation. */
  function specified(definition: Definition): Canonical {
    const text = canonical(definition);
    const { path } = definition.module;
    if (!OPERATION.test(path)) return text;
    if (!existsSync(join(dirname(path), 'reference.ts'))) return text;
    return [...text, { imported: { from: './reference.ts', name: '*' } }];
  }

  /** What a definition refers to, each with the text that stands for it once definitions have hashes. */
  function targetsOf({ module }: Definition, text: Canonical): Target[] {
    return text.flatMap((piece) =>
      typeof piece === 'string' ? [] : spread(targetOf(module, piece)),
    );
  }

  const spread = (target: Target): Target[] =>
    'namespace' in target && !opaque(target.namespace)
      ? exportsOf(target.namespace).flatMap(([, each]) => spread(each))
      : [target];

  const opaque = ({ path }: Module): boolean => !implementations && isImplementation(path);

  function definitionsIn(definition: Definition): Definition[] {
    const known = uses.get(definition);
    if (known) return known;
    const found = targetsOf(definition, textOf(definition)).flatMap((target) =>
      'definition' in target && !opaque(target.definition.module) ? [target.definition] : [],
    );
    uses.set(definition, found);
    return found;
  }

  /** How a definition is written in a hash: `inside` gives the places of those it forms a cycle with. */
  function written(definition: Definition, inside: ReadonlyMap<Definition, number>): string {
    const name = (target: Target): string => {
      if ('package' in target) return `<package ${target.package} ${target.name}>`;
      if ('file' in target) return `<file ${sha256(readFileSync(target.file))}>`;
      if ('namespace' in target) {
        if (opaque(target.namespace)) return '<implementation>';
        const exports = exportsOf(target.namespace);
        if (SPECIFICATION.test(target.namespace.path))
          return `<specified by ${[...new Set(exports.map(([, each]) => name(each)))].toSorted().join(' ')}>`;
        return `<namespace ${exports.map(([key, each]) => `${key}=${name(each)}`).join(' ')}>`;
      }
      if (opaque(target.definition.module)) return '<implementation>';
      const place = inside.get(target.definition);
      const which = place === undefined ? hashes.get(target.definition) : `~${place}`;
      return `<${which}.${target.at}>`;
    };
    return textOf(definition)
      .map((piece) =>
        typeof piece === 'string' ? piece : name(targetOf(definition.module, piece)),
      )
      .join('');
  }

  /** Hashes a definition and all it reaches, those of a cycle together (Tarjan 1972). */
  function hashOf(start: Definition): string {
    const index = new Map<Definition, number>();
    const low = new Map<Definition, number>();
    const stack: Definition[] = [];
    const visit = (definition: Definition): void => {
      index.set(definition, index.size);
      low.set(definition, index.get(definition)!);
      stack.push(definition);
      for (const next of definitionsIn(definition)) {
        if (hashes.has(next)) continue;
        if (!index.has(next)) visit(next);
        else if (!stack.includes(next)) continue;
        low.set(definition, Math.min(low.get(definition)!, low.get(next)!));
      }
      if (low.get(definition) !== index.get(definition)) return;
      const cycle = stack.splice(stack.indexOf(definition));
      const found = cycle.map((member) => [member, hashInCycle(member, new Set(cycle))] as const);
      for (const [member, hash] of found) hashes.set(member, hash);
    };
    if (!hashes.has(start)) visit(start);
    return hashes.get(start)!;
  }

  /** From one member's point of view: the others in the order in which it meets them. */
  function hashInCycle(start: Definition, cycle: ReadonlySet<Definition>): string {
    const places = new Map([[start, 0]]);
    for (const member of places.keys())
      for (const next of definitionsIn(member))
        if (cycle.has(next) && !places.has(next)) places.set(next, places.size);
    return sha256([...places.keys()].map((member) => written(member, places)).join('\n'));
  }

  function reached(start: readonly Definition[]): Set<Definition> {
    const found = new Set(start);
    for (const definition of found) for (const next of definitionsIn(definition)) found.add(next);
    return found;
  }

  /** Modules that are evaluated with these, implementations left out. */
  function evaluated(modules: Iterable<Module>): Set<Module> {
    const found = new Set(modules);
    for (const module of found)
      for (const from of module.loads) {
        const other = isPackage(from) ? undefined : moduleOf(from, module);
        if (other && typeof other !== 'string' && !opaque(other)) found.add(other);
      }
    return found;
  }

  function effectOf(module: Module, text: Canonical): string {
    const kind = 'effect';
    const syntax = { type: kind };
    const effect: Definition = { module, kind, syntax, names: [] };
    texts.set(effect, text);
    return hashOf(effect);
  }

  const short = (text: string): string => sha256(text).slice(0, 12);

  return {
    meaningOf(entries) {
      const targets = entries.map(({ module, exportName }) => {
        const path = fileURLToPath(module);
        const found = exportOf(parse(path), exportName);
        if (found && 'definition' in found) return found;
        throw new Error(
          `${relative(root, path)}: expected ${exportName} to be defined in this repository; export it from where it is`,
        );
      });
      const definitions = reached(targets.map(({ definition }) => definition));
      const own = targets.map(({ definition, at }) => `${hashOf(definition)}.${at}`);
      const modules = evaluated(new Set([...definitions].map(({ module }) => module)));
      const effects = [...modules].flatMap((module) =>
        module.effects.map((statement) => effectOf(module, canonicalEffect(module, statement))),
      );
      const packages = new Map<string, Set<string>>();
      for (const definition of definitions)
        for (const target of targetsOf(definition, textOf(definition)))
          if ('package' in target) {
            const names = packages.get(target.package) ?? new Set();
            packages.set(target.package, names.add(target.name));
          }
      const byFile = Map.groupBy(definitions, ({ module }) => relative(root, module.path));
      const files = [...byFile].map(([path, inside]): [string, string] => [
        path,
        short(
          inside
            .map((one) => JSON.stringify(textOf(one)))
            .toSorted()
            .join('\n'),
        ),
      ]);
      return {
        hash: sha256([...own, ...new Set(effects)].join('\n')),
        files: Object.fromEntries(files.toSorted(([a], [b]) => (a < b ? -1 : 1))),
        packages,
      };
    },
    importsOf(path) {
      const module = parse(path);
      return [...module.imports.values()].flatMap(({ from, name }) => {
        const other = isPackage(from) ? undefined : moduleOf(from, module);
        return other && typeof other !== 'string'
          ? [{ module: pathToFileURL(other.path).href, exportName: name }]
          : [];
      });
    },
    loadedBy(paths) {
      const start = paths.map(parse);
      return [...evaluated(start)].map(({ path }) => relative(root, path)).toSorted();
    },
  };
}

/** Every module under a folder. */
export const modulesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /(?<!\.as|\.d)\.ts$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted()
    : [];
