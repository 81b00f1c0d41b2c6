import type { APIRoute } from 'astro';
import { figure, figureIds } from '../../components/figure/registry.ts';

export const getStaticPaths = () => figureIds.map((id) => ({ params: { figure: id } }));

export const GET: APIRoute = async ({ params }) => {
  const { csv } = await figure(params['figure'] ?? '');
  return new Response(csv, { headers: { 'content-type': 'text/csv; charset=utf-8' } });
};
