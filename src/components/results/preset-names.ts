import { paper } from '#content/paper.ts';
import type { Preset } from '../../artifacts/artifact.ts';

/** What a reader calls presets: `presets` in `content/paper.ts` has other names. */
export const PRESET_NAMES: Record<Preset, string> = {
  smoke: 'trial run',
  small: 'scaled down',
  long: 'scaled down, trained longer',
  medium: 'medium',
  paper: 'as published',
  ...paper.presets,
};
