/** What the page itself says around a paper; `labels` in `content/paper.ts` says it in another language. `{}` is the number. */
export const ENGLISH = {
  section: 'Section {}',
  appendix: 'Appendix {}',
  figure: 'Figure {}',
  table: 'Table {}',
  equation: 'Equation {}',
  contents: 'Contents',
  references: 'References',
  symbols: 'Symbols',
  cite: 'How to cite',
  authors: 'Authors',
  reproduction: 'Reproduction',
  published: 'Published',
  original: 'Original paper',
  skip: 'Skip to the content',
  pages: 'Pages',
  search: 'Search',
  words: 'In words',
  data: 'Data',
  made: 'How it was made',
} as const;

export type Labels = Record<keyof typeof ENGLISH, string>;
