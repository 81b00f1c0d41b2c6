import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { presets } from '../artifacts/artifact.ts';
import { readRecords } from '../artifacts/records.ts';
import { sha256 } from './hash.ts';
import { lockFolder, openWorkspace } from './workspace.ts';

/** Results of `smoke` are on nobody's site: they and their records stay out of git. */
const TRIAL = /\.smoke(\.json$|\/)/;

/**
 * Files under `public/` that are not what the records say was made: edited, or made by nobody who says how.
 * @returns a line each, naming the file
 */
function unrecorded(root: string): string[] {
  const workspace = openWorkspace(root);
  const hashes = new Map<string, Set<string>>();
  for (const preset of presets.filter((name) => name !== 'smoke'))
    for (const { nodes } of readRecords(lockFolder(workspace, preset), preset).values())
      for (const { published } of Object.values(nodes))
        for (const [path, hash] of Object.entries(published))
          hashes.set(path, (hashes.get(path) ?? new Set()).add(hash));
  return ['artifacts', 'weights']
    .flatMap((folder) => filesIn(join(workspace.public, folder)))
    .map((path) => relative(workspace.public, path))
    .filter((path) => !TRIAL.test(path))
    .flatMap((path) => {
      const recorded = hashes.get(path);
      if (!recorded) return [`public/${path}: no record says how it was made`];
      const hash = sha256(readFileSync(join(workspace.public, path)));
      return recorded.has(hash) ? [] : [`public/${path}: it is not what was recorded`];
    });
}

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map(({ parentPath, name }) => join(parentPath, name))
        .toSorted()
    : [];

/**
 * Holds the published files of a repository against its records before a build.
 *
 *     SITE_UNRECORDED=warn   builds all the same, and says so
 *
 * Results in another folder (SITE_PUBLIC) are somebody else's, of which these records know nothing.
 */
export function recordedOnly(root: string): AstroIntegration {
  let own = false;
  return {
    name: 'recorded-only',
    hooks: {
      'astro:config:done': ({ config }) => {
        own = fileURLToPath(config.publicDir).replace(/\/$/, '') === join(root, 'public');
      },
      'astro:build:start': ({ logger }) => {
        const found = own ? unrecorded(root) : [];
        if (found.length === 0) return;
        const text = `expected published results as they were recorded (lab.lock), got\n  ${found.join('\n  ')}`;
        if (process.env['SITE_UNRECORDED'] !== 'warn')
          throw new Error(
            `build: ${text}\nrestore them from git, run them again (npm run lab -- run), or build with SITE_UNRECORDED=warn`,
          );
        logger.warn(text);
      },
    },
  };
}
