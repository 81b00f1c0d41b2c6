import type { APIRoute } from 'astro';
import { paper } from '#content/paper.ts';
import { readClaims } from '../components/claims/read.ts';
import { absoluteUrl, siteUrl } from '../components/url.ts';
import { elsewhereOf } from '../components/provenance/provenance.ts';
import { fileName, figure, shownFigures } from '../components/frame/registry.ts';
import { paperIndex } from '../components/paper/index.ts';

type Url = (path: string) => string;

async function describe(id: string, url: Url): Promise<object> {
  const { anchors } = await paperIndex();
  const anchor = anchors.get(`fig-${id}`);
  const { variants } = await figure(id);
  const sources = variants.flatMap((variant) => variant.sources);
  return {
    id,
    label: anchor?.label ?? null,
    url: anchor ? url(`#${anchor.id}`) : null,
    experiments: [...new Set(sources.map(({ experiment }) => experiment))],
    variants: variants.map(({ preset, description, tables, sources }, i) => ({
      preset,
      description,
      tables,
      svg: url(`figures/${fileName(id, preset, i === 0)}.svg`),
      csv: url(`figures/${fileName(id, preset, i === 0)}.csv`),
      artifacts: sources.map(({ artifact, provenance }) => ({
        url: url(artifact),
        key: provenance.key,
        commit: provenance.commit,
        computedElsewhere: elsewhereOf(provenance),
      })),
    })),
  };
}

/** Sections, figures with their numbers, and claims, for programs. */
export const GET: APIRoute = async ({ site }) => {
  const url: Url = (path) => absoluteUrl(path, site) ?? siteUrl(path);
  const { entries, anchors } = await paperIndex();
  const body = {
    ...paper,
    url: url(''),
    sections: entries.map(({ id, data }) => ({
      id,
      label: anchors.get(id)?.label,
      title: data.title,
      url: url(`#${id}`),
    })),
    figures: await Promise.all((await shownFigures()).map((id) => describe(id, url))),
    claims: paper.claims ? await readClaims('paper.json') : [],
  };
  return new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json; charset=utf-8' },
  });
};
