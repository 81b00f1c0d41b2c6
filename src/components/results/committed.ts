import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { artifactPath, presets } from '../../artifacts/artifact.ts';
import type { Preset } from '../../artifacts/artifact.ts';
import { paperFolder } from '../../artifacts/folder.ts';
import { RECORDS, readRecords } from '../../artifacts/records.ts';
import { sitePreset } from './preset.ts';

// Not from `astro:config`: the configuration itself asks what is run.
const publicFolder = resolve(process.env['SITE_PUBLIC'] ?? join(paperFolder(), 'public'));

let recorded: Set<string> | undefined;

/** Artifacts that the lab's records know, by path; they speak for the paper's `public/` only. */
function records(): Set<string> {
  if (publicFolder !== join(paperFolder(), 'public')) return new Set();
  const files = presets
    .filter((preset) => preset !== 'smoke')
    .flatMap((preset) => [...readRecords(join(paperFolder(), RECORDS), preset).values()]);
  const results = files.flatMap(({ nodes }) => Object.values(nodes));
  return new Set(results.flatMap(({ published }) => Object.keys(published)));
}

/**
 * Whether an experiment's results belong to this site: recorded by the lab, or there as a file. Recorded
 * but not there is true, so that a deleted artifact fails the build where it is read.
 */
export function isRun(id: string, preset: Preset = sitePreset()): boolean {
  recorded ??= records();
  const path = artifactPath(id, preset);
  return recorded.has(path) || existsSync(join(publicFolder, path));
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
