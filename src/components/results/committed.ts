import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { artifactPath } from '../../artifacts/artifact.ts';
import type { Preset } from '../../artifacts/artifact.ts';
import { sitePreset } from './preset.ts';

// Not from `astro:config`: the configuration itself asks what is run.
const rootFolder = process.cwd();
const publicFolder = resolve(process.env['SITE_PUBLIC'] ?? 'public');

const lock = z.object({
  nodes: z.record(z.string(), z.object({ outputs: z.record(z.string(), z.string()) })),
});

let recorded: Set<string> | undefined;

/** Results that lab.lock.json records, as `<experiment>.<preset>`; it speaks for the repository's `public/` only. */
function records(): Set<string> {
  if (publicFolder !== join(rootFolder, 'public')) return new Set();
  const file = join(rootFolder, 'lab.lock.json');
  if (!existsSync(file)) return new Set();
  const { nodes } = lock.parse(JSON.parse(readFileSync(file, 'utf8')));
  const last = Object.entries(nodes).filter(([, { outputs }]) => 'data.json' in outputs);
  return new Set(last.map(([id]) => id.slice(0, id.indexOf('/'))));
}

/**
 * Whether an experiment's results belong to this site: recorded in lab.lock.json, or there as a file. Recorded
 * but not there is true, so that a deleted artifact fails the build where it is read.
 */
export function isRun(id: string, preset: Preset = sitePreset()): boolean {
  recorded ??= records();
  return (
    recorded.has(`${id}.${preset}`) || existsSync(join(publicFolder, artifactPath(id, preset)))
  );
}

/**
 * Those panels of a figure whose experiments are run, so that it grows as results come. Of none, all: a figure that is
 * shown must then say what it lacks.
 */
export function runPanels<Panel extends { of: string }>(
  panels: readonly Panel[],
  preset?: Preset,
): readonly Panel[] {
  const run = panels.filter(({ of }) => isRun(of, preset));
  return run.length > 0 ? run : panels;
}
