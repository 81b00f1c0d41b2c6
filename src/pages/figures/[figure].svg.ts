import type { APIRoute } from 'astro';
import { figure, figureIds } from '../../components/figure/registry.ts';

export const getStaticPaths = () => figureIds.map((id) => ({ params: { figure: id } }));

export const GET: APIRoute = async ({ params }) => {
  const { svg } = await figure(params['figure'] ?? '');
  return new Response(svg, { headers: { 'content-type': 'image/svg+xml' } });
};
