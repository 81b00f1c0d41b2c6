import type { APIRoute, GetStaticPaths } from 'astro';
import { figureFiles } from '../../components/frame/registry.ts';

export const getStaticPaths = (async () =>
  (await figureFiles()).map(({ name, drawing }) => ({
    params: { figure: name },
    props: { body: drawing.csv },
  }))) satisfies GetStaticPaths;

export const GET: APIRoute<{ body: string }> = ({ props }) =>
  new Response(props.body, { headers: { 'content-type': 'text/csv; charset=utf-8' } });
