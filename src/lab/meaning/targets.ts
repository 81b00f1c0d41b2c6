import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reference } from './canonical.ts';
import { createParser } from './modules.ts';
import type { Definition, Module } from './modules.ts';

/** What a name stands for, across modules. */
export type Target =
  | { definition: Definition; at: number }
  | { package: string; name: string }
  | { namespace: Module }
  | { file: string };

/** What `#src/` stands for in imports, as package.json says. */
const SOURCES = resolve(import.meta.dirname, '../..');
const OWN = '#src/';

const isPackage = (from: string): boolean => !/^(\.|\/|file:|#src\/)/.test(from);

/** Follows names from module to module. */
export class Names {
  readonly #root: string;
  readonly parse: (path: string) => Module;

  constructor(root: string) {
    this.#root = root;
    this.parse = createParser(root);
  }

  /** A module of this repository that another one imports. */
  moduleFrom(from: string, module: Module): Module | undefined {
    const other = isPackage(from) ? undefined : this.#moduleOf(from, module);
    return typeof other === 'string' ? undefined : other;
  }

  /** @throws Error for a name that is not defined */
  targetOf(module: Module, reference: Reference): Target {
    if ('own' in reference) return this.#ownTarget(module, reference.own);
    const { from, name } = reference.imported;
    if (isPackage(from)) return { package: from, name };
    const other = this.#moduleOf(from, module);
    if (typeof other === 'string') return { file: other };
    if (name === '*') return { namespace: other };
    const found = this.exportOf(other, name);
    if (found) return found;
    const [file, target] = [module, other].map(({ path }) => relative(this.#root, path));
    throw new Error(
      `${file}: expected an export ${name} of ${target}, got none; correct the import`,
    );
  }

  exportOf(module: Module, name: string): Target | undefined {
    const exported = module.exports.get(name);
    if (typeof exported === 'string') return this.#ownTarget(module, exported);
    if (exported) return this.targetOf(module, { imported: exported });
    for (const from of module.stars) {
      const other = this.#moduleOf(from, module);
      const found = typeof other === 'string' ? undefined : this.exportOf(other, name);
      if (found) return found;
    }
    return undefined;
  }

  /** By name, in the order of names. */
  exportsOf(module: Module): [string, Target][] {
    const stars = module.stars.flatMap((from) => {
      const other = this.#moduleOf(from, module);
      return typeof other === 'string' ? [] : this.exportsOf(other);
    });
    const own = [...module.exports.keys()].map((name): [string, Target] => [
      name,
      this.exportOf(module, name)!,
    ]);
    return [...stars, ...own].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  #moduleOf(from: string, module: Module): Module | string {
    const path = from.startsWith('file:')
      ? fileURLToPath(from)
      : from.startsWith(OWN)
        ? join(SOURCES, from.slice(OWN.length))
        : resolve(dirname(module.path), from);
    return /\.[cm]?[jt]s$/.test(path) ? this.parse(path) : path;
  }

  #ownTarget(module: Module, name: string): Target {
    const imported = module.imports.get(name);
    if (imported) return this.targetOf(module, { imported });
    const definition = module.definitions.get(name);
    if (definition) return { definition, at: definition.names.indexOf(name) };
    throw new Error(
      `${relative(this.#root, module.path)}: expected a definition of ${name}, got none`,
    );
  }
}
