import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { stripElf } from '../../src/lab/bundle/elf.ts';
import { stageBundle } from '../../src/lab/bundle/stage.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const SMOKE = ['skewed-linear-regression', '--preset', 'smoke'];

/** A copy of the working tree's code and results, so that nothing is imported into this repository. */
function cloneInto(folder: string): void {
  mkdirSync(folder);
  for (const name of ['src', 'experiments', 'scripts', 'public', 'package.json', 'lab.lock'])
    cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
}

const lab = (folder: string, ...args: string[]): string =>
  execFileSync(process.execPath, ['src/lab/cli.ts', ...args], { cwd: folder, encoding: 'utf8' });

const packed = join(mkdtempSync(join(tmpdir(), 'packed-')), 'lab.tar.xz');
beforeAll(() => lab(PROJECT, 'bundle', '--out', packed));
afterAll(() => rmSync(dirname(packed), { recursive: true }));

describe('lab bundle', () => {
  it('trains in an empty environment what its repository then takes for its own', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const clone = join(folder, 'clone');
    cloneInto(clone);
    expect(statSync(packed).size).toBeLessThan(50e6);

    execFileSync('tar', ['-xf', packed, '-C', folder]);
    const host = join(folder, `lab-${process.platform}-${process.arch}`);
    const run = ['-i', './lab', 'run', ...SMOKE, '--backend', 'wasm'];
    execFileSync('/usr/bin/env', run, { cwd: host, stdio: ['ignore', 'ignore', 'inherit'] });

    expect(lab(clone, 'import', host)).toMatch(/[1-9]\d* imported, \d+ already here, 0 refused/);
    const states = JSON.parse(lab(clone, 'status', ...SMOKE, '--json')) as { state: string }[];
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['fresh']));
    const artifact = 'public/artifacts/skewed-linear-regression.smoke.json';
    expect(readFileSync(join(clone, artifact))).toEqual(readFileSync(join(host, artifact)));
    expect(recordedCommit(host)).toBe(artifactCommit(join(clone, artifact)));
  });

  it('makes a visit of seconds, whose unfinished training goes on in its repository', () => {
    const folder = mkdtempSync(join(tmpdir(), 'visit-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const clone = join(folder, 'clone');
    cloneInto(clone);
    rmSync(join(clone, 'lab.lock/skewed-linear-regression.medium.json'), { force: true });
    execFileSync('tar', ['-xf', packed, '-C', folder]);
    const host = join(folder, `lab-${process.platform}-${process.arch}`);
    const home = join(folder, 'home');
    const visit = ['30', home, 'skewed-linear-regression/train/gpt2-1', '--preset', 'medium'];
    const env = { ...process.env, VISIT_BACKEND: 'wasm', VISIT_RESERVE: '15' };
    const said = execFileSync(join(host, 'visit'), visit, { env, encoding: 'utf8' });
    expect(said).toContain('visit: ended with 124');
    const parts = readdirSync(home).filter((name) => name.startsWith('results.tar.'));
    const whole = parts.toSorted().map((name) => readFileSync(join(home, name)));
    expect(Math.max(...whole.map(({ length }) => length))).toBeLessThanOrEqual(15 * 2 ** 20);
    writeFileSync(join(folder, 'results.tar'), Buffer.concat(whole));
    expect(lab(clone, 'import', join(folder, 'results.tar'))).toMatch(
      /goes on +skewed-linear-regression\.medium\/train\/gpt2-1/,
    );
  });

  it('takes along the results of the experiments that are named, and of no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const host = join(folder, 'host');
    await stageBundle(PROJECT, host, ['gradient-descent']);
    expect(readdirSync(join(host, 'public/artifacts'))).toEqual(['gradient-descent.small.json']);
    const status = ['-i', './lab', 'status', 'gradient-descent.small'];
    expect(execFileSync('/usr/bin/env', status, { cwd: host, encoding: 'utf8' })).toBe(
      'fresh    gradient-descent.small/descend\n',
    );
    expect(readdirSync(join(host, 'lab.lock'))).toEqual(['gradient-descent.small.json']);
  });

  it('refuses to strip what is not a Linux binary', () => {
    const bytes = Buffer.from('#!/bin/sh\n'.repeat(10));
    expect(() => stripElf(bytes, 'bin/node')).toThrow(/bin\/node: expected a 64-bit .* ELF/);
  });
});

const recordedCommit = (host: string): unknown =>
  (JSON.parse(readFileSync(join(host, 'bundle.json'), 'utf8')) as { commit: unknown }).commit;

const artifactCommit = (path: string): unknown =>
  (JSON.parse(readFileSync(path, 'utf8')) as { provenance: { commit: unknown } }).provenance.commit;
