import type { Paper } from '../paper/paper.ts';

/** Meta tags by which Google Scholar and reference managers know a paper. */
export function citationTags(
  { title, kicker, authors, date, keywords, language = 'en' }: Paper,
  url: string | undefined,
  pdf: string | undefined,
): [string, string][] {
  return [
    ['citation_title', `${title} ${kicker}`],
    ...authors.map(({ name }): [string, string] => ['citation_author', name]),
    ['citation_publication_date', date.replaceAll('-', '/')],
    ['citation_language', language],
    ['citation_keywords', keywords.join('; ')],
    ...(url ? [['citation_fulltext_html_url', url] as [string, string]] : []),
    ...(pdf ? [['citation_pdf_url', pdf] as [string, string]] : []),
  ];
}

/** The paper in schema.org's words, for JSON-LD. */
export function scholarlyArticle(
  paper: Paper,
  url: string | undefined,
  image: string | undefined,
): Record<string, unknown> {
  const { title, kicker, description, authors, date, version, license, keywords } = paper;
  const { repository, reproduces } = paper;
  return {
    '@context': 'https://schema.org',
    '@type': 'ScholarlyArticle',
    headline: `${title} ${kicker}`,
    description,
    author: authors.map(({ name, url: page }) => ({
      '@type': name.startsWith('The ') ? 'Organization' : 'Person',
      name,
      ...(page ? { url: page } : {}),
    })),
    datePublished: date,
    version,
    license: `https://spdx.org/licenses/${license}.html`,
    inLanguage: paper.language ?? 'en',
    isAccessibleForFree: true,
    keywords,
    ...(url ? { url, mainEntityOfPage: url } : {}),
    ...(image ? { image } : {}),
    ...(repository ? { codeRepository: repository } : {}),
    ...(reproduces
      ? {
          isBasedOn: {
            '@type': 'ScholarlyArticle',
            headline: reproduces.title,
            author: reproduces.authors.map((name) => ({ '@type': 'Person', name })),
            url: reproduces.url,
          },
        }
      : {}),
  };
}
