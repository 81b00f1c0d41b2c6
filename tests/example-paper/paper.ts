import type { Paper } from '../../src/components/paper/paper.ts';

export const paper: Paper = {
  title: 'Do dice remember?',
  kicker: 'An example',
  subtitle: 'A paper of three sections, to show that the generator is not wedded to another.',
  description: 'Twelve throws, one figure, one claim.',
  authors: [{ name: 'A. Gambler', url: 'https://example.org/gambler' }, { name: 'B. Sceptic' }],
  date: '2026-01-02',
  version: '1.2.3',
  license: 'MIT',
  repository: 'https://example.org/dice',
  keywords: ['dice', 'memory & chance'],
  keyFigure: 'throws',
  claims: true,
};
