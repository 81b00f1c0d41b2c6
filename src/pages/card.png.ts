import type { APIRoute } from 'astro';
import { paper } from '#content/paper.ts';
import { figure } from '../components/frame/registry.ts';
import { drawCard } from '../components/page/card.ts';

export const GET: APIRoute = async () => {
  const { variants } = await figure(paper.keyFigure);
  const png = await drawCard(paper.kicker, paper.title, variants[0]?.svg ?? '');
  return new Response(Buffer.from(png), { headers: { 'content-type': 'image/png' } });
};
