import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, trackedFiles } from './clone.ts';

const files = trackedFiles();
const TEXT =
  /\.(ts|mjs|js|json|md|mdx|astro|css|yml|yaml|cff|html|bib)$|(^|\/)(run|LICENSE)$|^\.[a-z]/;
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const lines = (path: string): number => read(path).trimEnd().split('\n').length;

/** Files longer than the rest may be, with how long and why. */
const LONG: Record<string, number> = {
  // Forward and backward share one layout of scratch memory; a split would make every result stale.
};

test('no source file is longer than 300 lines', () => {
  const sources = files.filter((path) => /\.(ts|mjs|astro|css)$/.test(path));
  expect(sources.length).toBeGreaterThan(20);
  expect(sources.filter((path) => lines(path) > (LONG[path] ?? 300))).toEqual([]);
});

test('no file names a package registry or an absolute path of somebody’s machine', () => {
  const registry = ['registry', 'npmjs', 'org'].join('.');
  const resolved = ['"', 'resolved', '"'].join('');
  const forbidden = new RegExp(
    [registry, 'npmjs\\.com', resolved, '(?<![\\w.])/(work|home|Users|root)/'].join('|'),
  );
  const texts = files.filter((path) => TEXT.test(path) && !path.startsWith('public/'));
  const found = texts.flatMap((path) => {
    const hit = forbidden.exec(read(path));
    return hit ? [`${path}: ${hit[0]}`] : [];
  });
  expect(found).toEqual([]);
});

describe('README', () => {
  const readme = read('README.md');
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

  test('names only npm scripts that exist', () => {
    const named = [...readme.matchAll(/npm (?:run ([a-z:]+)|(start|test)\b)/g)].map(
      ([, run, short]) => run ?? short,
    );
    expect(named).toContain('start');
    expect(named).toContain('test');
    expect(named.filter((name) => name === undefined || !(name in scripts))).toEqual([]);
  });

  test('names only files and folders that exist', () => {
    const linked = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path ?? '');
    const tabled = [...readme.matchAll(/^\| `([\w./-]+)`/gm)].map(([, path]) => path ?? '');
    expect(tabled.length).toBeGreaterThan(5);
    expect([...linked, ...tabled].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

test('every experiment and every test file is picked up by a runner', () => {
  const tests = files.filter((path) => /\.(test|spec)\./.test(path));
  const stray = tests.filter(
    (path) =>
      !/^(examples\/[^/]+\/)?tests\/(?!browser\/).*\.test\.ts$|^tests\/browser\//.test(path),
  );
  expect(stray).toEqual([]);
});
