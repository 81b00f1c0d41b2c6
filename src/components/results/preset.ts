import { presets } from '../../artifacts/artifact.ts';
import type { Preset } from '../../artifacts/artifact.ts';

/** The preset that prose is written for. */
const FIRST: Preset = 'small';

const { SITE_PRESET = FIRST } = process.env;

/** The preset whose numbers the prose and the figures show first. */
export function sitePreset(): Preset {
  const preset = presets.find((name) => name === SITE_PRESET);
  if (preset) return preset;
  throw new Error(
    `SITE_PRESET: expected one of ${presets.join(', ')}, got ${SITE_PRESET}; correct the variable`,
  );
}

/** Whether the page shows the numbers that its prose is written for. */
export const isFirstPreset = (): boolean => sitePreset() === FIRST;
