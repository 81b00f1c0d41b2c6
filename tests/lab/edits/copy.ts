import { execFile, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Change } from './source.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const KERNELS = 'build/kernels';
const COPIED = ['src', 'experiments', 'scripts', 'package.json', 'tests/lab'];
/** Packages that edits reach into; what they share has to be copied with them. */
const PACKAGES = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  'ml-matrix',
];

export interface Row {
  id: string;
  state: string;
  reasons: string[];
}

/** This repository's code, in a folder where it may be broken. */
export class Copy {
  readonly root = mkdtempSync(join(tmpdir(), 'edits-'));

  /** @param packages whether some packages are copied, to be edited, not linked */
  constructor(packages = false) {
    for (const name of COPIED)
      cpSync(join(PROJECT, name), join(this.root, name), { recursive: true });
    const compiled = join(PROJECT, KERNELS);
    if (existsSync(compiled)) cpSync(compiled, join(this.root, KERNELS), { recursive: true });
    const [modules, own] = [join(PROJECT, 'node_modules'), join(this.root, 'node_modules')];
    if (!packages) symlinkSync(modules, own);
    else linkAll(modules, own);
    mkdirSync(join(this.root, 'public'));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  has = (path: string): boolean => existsSync(join(this.root, path));
  read = (path: string): string => readFileSync(join(this.root, path), 'utf8');
  glob = (...patterns: string[]): string[] =>
    globSync(patterns, { cwd: this.root, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(this.root, join(parentPath, name)))
      .toSorted();

  /** Makes a change. @returns what takes it back */
  change(change: Change): Change {
    const before: Change = new Map();
    for (const [path, text] of change) {
      before.set(path, this.has(path) ? this.read(path) : undefined);
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      if (text === undefined) rmSync(join(this.root, path));
      else writeFileSync(join(this.root, path), text);
    }
    return before;
  }

  /** Remembers the compiled kernels, so that they are compiled for changed sources alone. */
  keepKernels = (): void => this.#replace('.kernels', KERNELS);
  restoreKernels = (): void => this.#replace(KERNELS, '.kernels');

  #replace(to: string, from: string): void {
    if (!this.has(from)) return;
    rmSync(join(this.root, to), { recursive: true, force: true });
    cpSync(join(this.root, from), join(this.root, to), { recursive: true });
  }

  async run(script: string, ...args: string[]): Promise<string> {
    const command = [join(this.root, script), ...args];
    const options = { cwd: this.root, maxBuffer: 2 ** 26 };
    return (await promisify(execFile)(process.execPath, command, options)).stdout;
  }

  async status(preset: string, ...ids: string[]): Promise<Row[]> {
    const output = await this.run('src/lab/cli.ts', 'status', ...ids, '--preset', preset, '--json');
    return JSON.parse(output) as Row[];
  }

  /** The change as `git diff` shows it. */
  diff(change: Change): string {
    const folder = mkdtempSync(join(tmpdir(), 'edits-diff-'));
    const put = (path: string, text: string): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    for (const side of ['before', 'after']) mkdirSync(join(folder, side));
    for (const [path, text] of change) {
      if (this.has(path)) put(`before/${path}`, this.read(path));
      if (text !== undefined) put(`after/${path}`, text);
    }
    const args = ['diff', '--no-index', '--no-color', '-U2', 'before', 'after'];
    const { stdout } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    return stdout;
  }
}

/** Links every package but those to be edited, whose code is copied. */
function linkAll(from: string, to: string): void {
  mkdirSync(to);
  const scoped = (name: string): boolean => PACKAGES.some((each) => each.startsWith(`${name}/`));
  for (const name of readdirSync(from)) {
    if (PACKAGES.includes(name)) copyCode(join(from, name), join(to, name));
    else if (!scoped(name)) symlinkSync(join(from, name), join(to, name));
    else {
      mkdirSync(join(to, name));
      for (const inner of readdirSync(join(from, name))) {
        const [source, target] = [join(from, name, inner), join(to, name, inner)];
        if (PACKAGES.includes(`${name}/${inner}`)) copyCode(source, target);
        else symlinkSync(source, target);
      }
    }
  }
}

const copyCode = (from: string, to: string): void =>
  cpSync(from, to, {
    recursive: true,
    filter: (path) =>
      !/\.[a-z]*$/i.test(path.slice(from.length)) || /\.([cm]?js|json|wasm)$/.test(path),
  });
