import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Preset } from '../../artifacts/artifact.ts';
import { presets } from '../../artifacts/artifact.ts';
import { rootFolder } from './folders.ts';

const execute = promisify(execFile);

const rows = z.array(
  z.object({
    /** `<experiment>.<preset>/<node>` */
    id: z.string(),
    state: z.enum(['fresh', 'stale', 'missing']),
    reasons: z.array(z.string()),
    /** Whether it makes the artifact. */
    last: z.boolean(),
  }),
);
type Rows = z.infer<typeof rows>;

/**
 * SITE_STATUS  what `npm run lab -- status --json` printed, as a file; `off` leaves the check out.
 *              Unset, the lab is asked.
 */
const { SITE_STATUS } = process.env;

async function askLab(): Promise<string> {
  const asked = presets
    .filter((preset) => preset !== 'smoke')
    .map(async (preset) => {
      const options = ['src/lab/cli.ts', 'status', '--preset', preset, '--json'];
      const { stdout } = await execute(process.execPath, options, { cwd: rootFolder });
      return JSON.parse(stdout) as unknown[];
    });
  return JSON.stringify((await Promise.all(asked)).flat());
}

async function read(): Promise<Rows> {
  if (SITE_STATUS === 'off') return [];
  try {
    return rows.parse(JSON.parse(await (SITE_STATUS ? readFile(SITE_STATUS, 'utf8') : askLab())));
  } catch (cause) {
    throw new Error(
      'freshness: expected the rows of npm run lab -- status --json, got an error; ' +
        'run that command to see it, or build with SITE_STATUS=off',
      { cause },
    );
  }
}

let memo: Promise<Rows> | undefined;

const CODE = /^code: /;

/**
 * Why an experiment's committed results are no longer those of today's code.
 * @returns nothing where they are fresh, or the check was left out
 */
export async function staleness(experiment: string, preset: Preset): Promise<string[]> {
  memo ??= read();
  const nodes = (await memo).filter(({ id }) => id.startsWith(`${experiment}.${preset}/`));
  const artifact = nodes.find(({ last }) => last);
  if (!artifact || artifact.state !== 'stale') return [];
  const reasons = nodes.flatMap((node) => node.reasons);
  const code = reasons.filter((reason) => CODE.test(reason));
  const files = code.flatMap((reason) => reason.replace(CODE, '').split(', '));
  const others = reasons.filter((reason) => !CODE.test(reason) && !reason.startsWith('input '));
  return [...new Set([...files, ...others])];
}
