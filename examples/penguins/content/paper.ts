import type { Paper } from '#src/components/paper/paper.ts';

export const paper: Paper = {
  title: 'Which learner tells penguins apart?',
  kicker: 'An example',
  subtitle: 'A random forest against logistic regression, by the number of birds they have seen.',
  description:
    'A small paper whose figures, numbers and claims come out of an experiment on the Palmer penguins.',
  authors: [{ name: 'A. Author', url: 'https://example.org/author' }],
  date: '2026-11-27',
  version: '0.1.0',
  license: 'MIT',
  keywords: ['random forest', 'logistic regression', 'penguins'],
  keyFigure: 'birds',
  claims: true,
};
