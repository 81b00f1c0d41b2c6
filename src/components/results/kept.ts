import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { contentFolder, publicFolder } from './folders.ts';

const LOOK_MS = 100;
let looked = 0;
let seen = '';

const timesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.mdx'))
    .map(({ name }) => `${name} ${statSync(join(folder, name)).mtimeMs}`);

/** Names and times of the results and of what lies beside the sections; one and the same throughout a build. */
function stamp(): string {
  if (!import.meta.env.DEV || Date.now() - looked < LOOK_MS) return seen;
  looked = Date.now();
  seen = [contentFolder, join(publicFolder, 'artifacts')].flatMap(timesIn).join('\n');
  return seen;
}

const named = new Map<string, Kept<unknown, unknown>>();

/** Makes a value once a key: for a whole build, under a development server until results or references change. */
export class Kept<Key, Value> {
  /** The one of a name: what it keeps outlives the module that asks, which a changed sentence has loaded anew. */
  static of<Key, Value>(name: string): Kept<Key, Value> {
    const known = named.get(name) ?? new Kept<unknown, unknown>();
    named.set(name, known);
    return known as Kept<Key, Value>;
  }

  readonly #known = new Map<Key, Value>();
  #stamp = '';

  at(key: Key, make: () => Value): Value {
    const now = stamp();
    if (now !== this.#stamp) this.#known.clear();
    this.#stamp = now;
    const value = this.#known.has(key) ? (this.#known.get(key) as Value) : make();
    this.#known.set(key, value);
    return value;
  }
}
