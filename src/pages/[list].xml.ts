import type { APIRoute } from 'astro';
import { paper } from '#content/paper.ts';
import { publicFolder } from '../components/results/folders.ts';
import { resultHistory } from '../components/changes/history.ts';
import { absoluteUrl } from '../components/url.ts';
import { atom, sitemap } from '../components/page/xml.ts';
import { pages } from '../components/page/pages.ts';

/** Both need whole addresses, so both need SITE_URL. */
export const getStaticPaths = () =>
  import.meta.env.SITE ? ['feed', 'sitemap'].map((list) => ({ params: { list } })) : [];

async function feed(url: (path: string) => string): Promise<string> {
  const { title, kicker, authors, date, description } = paper;
  const first = {
    url: url(''),
    title: `${title} ${kicker}`,
    updated: `${date}T00:00:00Z`,
    summary: description,
  };
  const revisions = (await resultHistory(publicFolder))?.revisions ?? [];
  const changes = revisions.map(({ commit, subject, date: updated, files }) => ({
    url: url(`changes/#commit-${commit.slice(0, 10)}`),
    title: subject,
    updated,
    summary: files.map(({ id, preset, kind }) => `${id} (${preset}) ${kind}`).join(', '),
  }));
  const name = authors.map((author) => author.name).join(', ');
  return atom(url('feed.xml'), title, name, [...changes, first]);
}

export const GET: APIRoute = async ({ params, site }) => {
  const url = (path: string): string => absoluteUrl(path, site) ?? path;
  const body =
    params['list'] === 'feed' ? await feed(url) : sitemap(pages.map(({ path }) => url(path)));
  return new Response(body, { headers: { 'content-type': 'application/xml; charset=utf-8' } });
};
