import type { APIRoute, GetStaticPaths } from 'astro';
import { figureFiles } from '../../components/frame/registry.ts';

export const getStaticPaths = (async () =>
  (await figureFiles()).map(({ name, drawing }) => ({
    params: { figure: name },
    props: { body: drawing.svg },
  }))) satisfies GetStaticPaths;

export const GET: APIRoute<{ body: string }> = ({ props }) =>
  new Response(props.body, { headers: { 'content-type': 'image/svg+xml' } });
