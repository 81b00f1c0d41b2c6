import type { APIRoute } from 'astro';
import { paper } from '#content/paper.ts';
import { absoluteUrl, siteUrl } from '../components/url.ts';
import { paperIndex } from '../components/paper/index.ts';
import { pages } from '../components/page/pages.ts';

export const GET: APIRoute = async ({ site }) => {
  const url = (path: string): string => absoluteUrl(path, site) ?? siteUrl(path);
  const { entries } = await paperIndex();
  const lines = [
    `# ${paper.title}`,
    '',
    `> ${paper.description}`,
    '',
    paper.subtitle,
    '',
    '## Sections',
    '',
    ...entries.map(({ id, data }) => `- [${data.title}](${url(`#${id}`)})`),
    '',
    '## Pages',
    '',
    ...pages.slice(1).map(({ path, name }) => `- [${name}](${url(path)})`),
    '',
    '## Data',
    '',
    `- [paper.json](${url('paper.json')}): every figure with its description, tables and files`,
    '',
  ];
  return new Response(lines.join('\n'), {
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  });
};
