import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Preset } from '../artifacts/artifact.ts';
import { RECORDS } from '../artifacts/records.ts';

/** Where a repository keeps what the lab reads and writes. */
export interface Workspace {
  root: string;
  experiments: string;
  public: string;
  /** Ignored by git: objects, checkpoints, the run lock. */
  local: string;
}

export function openWorkspace(directory: string): Workspace {
  const root = resolve(directory);
  const experiments = join(root, 'experiments');
  if (!existsSync(experiments)) {
    throw new Error(
      `lab: expected a folder experiments/ in ${root}, got none; run it from the repository's root`,
    );
  }
  return { root, experiments, public: join(root, 'public'), local: join(root, '.lab') };
}

/** Results of `smoke` are never committed, so their records stay out of git too. */
export const lockFolder = (workspace: Workspace, preset: Preset): string =>
  join(preset === 'smoke' ? workspace.local : workspace.root, RECORDS);

/** Guards the records of a preset against a second run. */
export const runLockPath = (workspace: Workspace, preset: Preset): string =>
  join(workspace.local, preset === 'smoke' ? 'run.smoke.pid' : 'run.pid');
