import { paper } from '#content/paper.ts';
import { ENGLISH } from './english.ts';
import type { Labels } from './english.ts';

/** What the page says around this paper, in its language. */
export const labels: Labels = { ...ENGLISH, ...paper.labels };
