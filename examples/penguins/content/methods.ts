import type { Method } from '#src/components/drawing/method.ts';

/** How what the figures compare looks: the two learners, and the three species. */
export const methods: Record<string, Method> = {
  forest: {
    name: 'forest',
    role: 'model',
    colours: ['#1c6b3a', '#6fd39a'],
    dash: '',
    symbol: 'circle',
  },
  logistic: {
    name: 'logistic',
    role: 'model',
    colours: ['#9a3b8f', '#e79ade'],
    dash: '6 3',
    symbol: 'square',
  },
  adelie: {
    name: 'Adelie',
    role: 'baseline',
    colours: ['#154c8a', '#6cb0ff'],
    dash: '',
    symbol: 'circle',
  },
  chinstrap: {
    name: 'Chinstrap',
    role: 'baseline',
    colours: ['#a35200', '#ffa04d'],
    dash: '3 3',
    symbol: 'square',
  },
  gentoo: {
    name: 'Gentoo',
    role: 'baseline',
    colours: ['#4d5560', '#b3bac4'],
    dash: '1.5 3',
    symbol: 'triangle',
  },
};
