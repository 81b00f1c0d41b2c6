import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { checkStatus } from '../../src/lab/command.ts';
import { printable } from '../../src/lab/output.ts';
import { Repository, finished } from './repository.ts';

const CLI = join(resolve(import.meta.dirname, '../..'), 'src/lab/cli.ts');
/** A system's own, which may not run TypeScript. */
const OLD_NODE = ['/usr/bin/node', '/usr/local/bin/node'].find(isOld) ?? '';

function isOld(path: string): boolean {
  const { stdout } = spawnSync(path, ['-p', 'Boolean(process.features.typescript)'], {
    encoding: 'utf8',
  });
  return stdout === 'false\n';
}

/** An experiment of which there is more to tell than a pipe holds. */
const LONG = `
import { experiment as counts } from './counting.ts';
import { node } from '${resolve(import.meta.dirname, '../..')}/src/lab/experiment.ts';
export const experiment = {
  ...counts,
  id: 'long',
  graph() {
    const module = import.meta.resolve('../src/add.ts');
    const inputs = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [
      'a' + i,
      node({ id: 'a/' + i + 'x'.repeat(100), module, run() {}, parameters: {} }),
    ]));
    return node({ id: 'add', module, run() {}, parameters: {}, inputs });
  },
};
`;

describe('lab', () => {
  it.each([
    ['an unknown command', ['rum'], /unknown command rum\nusage: npm run lab/],
    ['no command', [], /usage: npm run lab -- <command>/],
    ['an unknown option', ['run', '--fast'], /'--fast'[^]*usage: npm run lab -- run \[experiment/],
    [
      'an unknown preset',
      ['run', '--preset', 'tiny'],
      /one of smoke, small, long, medium, paper, got tiny/,
    ],
    ['an unknown backend', ['run', '--backend', 'cuda'], /one of webgpu, .*, got cuda/],
    ['half a job', ['run', '--jobs', '0.5'], /--jobs: expected a whole number from 1, got 0\.5/],
    ['half an example', ['verify', '--examples', '0.5'], /--examples: expected a whole number/],
    ['a node to verify', ['verify', 'counting/add'], /expected experiments, got the node counting/],
    ['explain without an id', ['explain'], /lab: expected one id, got 0/],
    ['an unknown node', ['explain', 'counting/x'], /there are: count\/1, count\/2, add/],
    ['another seed', ['run', 'counting/count/3'], /got count\/3; there are: count\/1, count\/2\n/],
    ['two presets', ['status', 'counting.smoke', 'counting.small'], /of preset smoke, got .*small/],
    ['what is not an option', ['gc', 'counting'], /lab: expected options only, got counting/],
  ])('answers %s with the usage and exit status 2', async (_, args, message) => {
    const { code, output } = await new Repository().lab(args);
    expect(output).toMatch(message);
    expect(code).toBe(2);
  });

  it('names the experiments there are for an unknown one', async () => {
    const { code, output } = await new Repository().lab(['run', 'countin']);
    expect(output).toMatch(/expected an experiment, got countin; there are: counting/);
    expect(code).toBe(2);
  });

  it.each([
    ['command', ['statsu'], 'status'],
    ['command', ['exprot'], 'export'],
    ['option', ['run', '--presets', 'smoke'], '--preset'],
    ['option', ['run', '--dryrun'], '--dry-run'],
    ['preset', ['run', '--preset', 'smal'], 'small'],
    ['backend', ['run', '--backend', 'wams'], 'wasm'],
    ['experiment', ['explain', 'counitng'], 'counting'],
  ])('asks whether another %s was meant: %j', async (_, args, meant) => {
    const { code, output } = await new Repository().lab(args);
    expect(output).toContain(`did you mean ${meant}?`);
    expect(code).toBe(2);
  });

  it.each([['frobnicate'], ['x'], ['run', '--zzzzzzzz']])(
    'and does not where nothing is near',
    async (...args) => {
      expect((await new Repository().lab(args)).output).not.toContain('did you mean');
    },
  );

  it('names an experiment that does not load, without a stack', async () => {
    const repository = new Repository();
    repository.write('experiments/broken.ts', 'export const = 1;');
    const { code, output } = await repository.lab(['status']);
    expect(output).toMatch(
      /experiments\/broken\.ts: expected an experiment that loads, got SyntaxError/,
    );
    expect(output).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });

  it.runIf(existsSync('/dev/full'))('an answer that cannot be written is an error', async () => {
    const repository = new Repository();
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [CLI, 'status', '--json'], {
      cwd: repository.root,
      stdio: ['ignore', full, 'pipe'],
    });
    const { code, output } = await finished(child);
    expect(output).toMatch(
      /^lab: expected to write all of the answer, got ENOSPC; it is not complete\n$/,
    );
    expect(code).toBe(1);
  });

  it('so is one whose reader is gone, and a slow reader gets all of it', async () => {
    const repository = new Repository();
    const lost = repository.spawn(['status', '--json']);
    lost.stdout?.destroy();
    const end = await finished(lost);
    expect(end.output).toMatch(
      /^lab: expected to write all of the answer, got EPIPE; it is not complete\n$/,
    );
    expect(end.code).toBe(1);
    repository.write('experiments/long.ts', LONG);
    const command = `"${process.execPath}" "${CLI}" status --json | (sleep 1; wc -c)`;
    const slow = execFileSync('sh', ['-c', command], { cwd: repository.root, encoding: 'utf8' });
    expect(Number(slow)).toBeGreaterThan(2 ** 18);
  });

  it('prints what would steer a terminal as text', () => {
    expect(printable('a\tb\n\u001b[31m\u202e\u009b')).toBe('a\tb\n\\u001b[31m\\u202e\\u009b');
    const json = JSON.stringify({ 'a\u202e\u0085\u007f': '\u001b' });
    expect(JSON.parse(printable(json))).toEqual(JSON.parse(json));
  });

  it('status --check has a status of its own for what is not fresh', () => {
    expect(checkStatus({ check: true }, ['fresh', 'stale'])).toBe(3);
    expect(checkStatus({ check: true }, ['fresh'])).toBe(0);
    expect(checkStatus({}, ['missing'])).toBe(0);
  });

  it.runIf(existsSync(OLD_NODE))('says on one line that a Node is too old for it', () => {
    const { status, stderr, stdout } = spawnSync(OLD_NODE, [CLI, 'status'], { encoding: 'utf8' });
    expect(stderr).toMatch(
      /^lab: expected Node 22\.18 or newer, got v\d+\.\d+\.\d+; use npm run lab.*\n$/,
    );
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });

  it('shows what would run, and runs nothing', async () => {
    const repository = new Repository();
    const { output } = await repository.lab(['run', '--dry-run']);
    expect(output).toMatch(
      /^node +took +why it would run\ncounting\.small\/count\/1 +unknown +it has never run/m,
    );
    expect(output).toContain('3 to run, 3 of unknown length not counted');
    expect((await repository.lab(['status', '--preset', 'small'])).output).not.toContain('fresh');
  });

  it('takes ids as it prints them', async () => {
    const repository = new Repository();
    const { output } = await repository.lab(['run', 'counting.smoke/count/2']);
    expect(output).toContain('1 done, 0 failed');
    const one = await repository.lab(['status', 'counting.smoke/count/2']);
    expect(one.output).toBe('fresh    counting.smoke/count/2\n');
    const all = await repository.lab(['status']);
    expect(all.output).toMatch(
      /fresh +stale +missing\ncounting\.smoke +1 +0 +2\ncounting\.small +0 +0 +3/,
    );
  });

  it('runs one node by name', async () => {
    const repository = new Repository();
    const { output } = await repository.lab(['run', 'counting/count/2']);
    expect(output).toContain('1 done, 0 failed');
    const status = (await repository.lab(['status', '--preset', 'small'])).output;
    expect(status).toMatch(/fresh +counting\.small\/count\/2/);
    expect(status).toMatch(/missing +counting\.small\/count\/1/);
  });

  it.each([[['run', '--help']], [['run', '-h']], [['help', 'run']]])(
    '%j prints help, exits 0',
    async (args) => {
      const { code, output } = await new Repository().lab(args);
      expect(output).toContain('--jobs N');
      expect(code).toBe(0);
    },
  );
});
