import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { completed, missingOptional, platformOf } from '../../scripts/lib/lock.mjs';
import { ROOT } from './clone.ts';

type Packages = Parameters<typeof completed>[0];

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Packages & Record<string, { integrity?: string }>;
};

test('npm ci finds every platform in the lock file (else: node scripts/complete-lock.mjs)', () => {
  expect(missingOptional(lock.packages).map(({ name }) => name)).toEqual([]);
});

test('whatever is installed here is pinned by a hash', () => {
  const installed = JSON.parse(
    readFileSync(join(ROOT, 'node_modules', '.package-lock.json'), 'utf8'),
  ) as typeof lock;
  const unpinned = Object.keys(installed.packages).filter(
    (path) => lock.packages[path]?.integrity === undefined,
  );
  expect(unpinned).toEqual([]);
});

test('a missing platform gets an entry that npm skips elsewhere', () => {
  expect(platformOf('@oxlint/binding-linux-x64-musl')).toEqual({
    os: ['linux'],
    cpu: ['x64'],
    libc: ['musl'],
  });
  const packages: Packages = {
    'node_modules/a': {
      version: '1.0.0',
      dev: true,
      optionalDependencies: { 'a-darwin-arm64': '1.0.0', 'a-win32-x64': '1.0.0' },
    },
    'node_modules/a-darwin-arm64': { version: '0.9.0' },
  };
  expect(completed(packages)).toEqual({
    ...packages,
    'node_modules/a-win32-x64': {
      version: '1.0.0',
      dev: true,
      optional: true,
      os: ['win32'],
      cpu: ['x64'],
    },
    'node_modules/a/node_modules/a-darwin-arm64': {
      version: '1.0.0',
      dev: true,
      optional: true,
      os: ['darwin'],
      cpu: ['arm64'],
    },
  });
});
