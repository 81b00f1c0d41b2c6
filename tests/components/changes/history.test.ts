import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultHistory } from '../../../src/components/changes/history.ts';

const folder = mkdtempSync(join(tmpdir(), 'history-'));
const original = join(folder, 'original');

const git = (cwd: string, ...options: string[]): void => {
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...options], {
    cwd,
    stdio: 'pipe',
  });
};

function clone(name: string, ...options: string[]): string {
  git(folder, 'clone', '-q', ...options, `file://${original}`, name);
  return join(folder, name);
}

beforeAll(() => {
  mkdirSync(join(original, 'public/artifacts'), { recursive: true });
  git(original, 'init', '-q');
  for (const [i, subject] of ['first', 'second', 'third'].entries()) {
    const data = { means: [1, i] };
    writeFileSync(join(original, 'public/artifacts/a.small.json'), JSON.stringify({ data }));
    git(original, 'add', '.');
    git(original, 'commit', '-q', '-m', subject);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

test('each commit says what it changed', async () => {
  const history = await resultHistory(join(clone('whole'), 'public'));
  expect(history?.complete).toBe(true);
  const told = history?.revisions.map(({ subject, files: [file] }) => [
    subject,
    file?.kind,
    file?.difference.changed,
  ]);
  expect(told).toEqual([
    ['third', 'changed', [{ where: 'means › 1', before: 1, after: 2 }]],
    ['second', 'changed', [{ where: 'means › 1', before: 0, after: 1 }]],
    ['first', 'added', []],
  ]);
});

test.each([
  ['1', []],
  ['2', ['third']],
])('a shallow clone of depth %s claims no change that it cannot know', async (depth, subjects) => {
  const history = await resultHistory(join(clone(`depth-${depth}`, '--depth', depth), 'public'));
  expect(history?.complete).toBe(false);
  expect(history?.revisions.map(({ subject }) => subject)).toEqual(subjects);
});

test('a checkout without a commit has a history without changes', async () => {
  git(folder, 'init', '-q', 'new');
  expect(await resultHistory(join(folder, 'new'))).toEqual({ complete: true, revisions: [] });
});

test('there is no history outside of a checkout', async () => {
  expect(await resultHistory(folder)).toBeUndefined();
});
