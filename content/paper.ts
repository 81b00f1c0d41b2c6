import type { Paper } from '../src/components/paper/paper.ts';

export const paper: Paper = {
  title: 'Is Mamba capable of in-context learning?',
  kicker: 'A paper that runs',
  subtitle: 'An independent reproduction, whose experiments run again in your browser.',
  description:
    "Is Mamba Capable of In-Context Learning? reproduced: every figure, number and claim comes out of experiments that run again in the reader's browser.",
  authors: [{ name: 'The mamba-icl-paper contributors' }],
  date: '2026-11-23',
  version: '0.1.0',
  license: 'MIT',
  keywords: ['in-context learning', 'state space models', 'Mamba', 'Transformer', 'reproduction'],
  reproduces: {
    key: 'grazzi2024',
    title: 'Is Mamba Capable of In-Context Learning?',
    authors: ['Riccardo Grazzi', 'Julien Siems', 'Simon Schrodi', 'Thomas Brox', 'Frank Hutter'],
    venue: 'AutoML 2024, PMLR 256',
    url: 'https://proceedings.mlr.press/v256/grazzi24a.html',
  },
  presets: {
    long: 'scaled down, trained four times as long',
    medium: 'the published task, smaller models',
  },
  keyFigure: 'skewed-linear-regression',
  claims: true,
};
