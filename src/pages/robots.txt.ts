import type { APIRoute } from 'astro';
import { absoluteUrl } from '../components/url.ts';

export const GET: APIRoute = ({ site }) => {
  const sitemap = absoluteUrl('sitemap.xml', site);
  const lines = ['User-agent: *', 'Allow: /', ...(sitemap ? ['', `Sitemap: ${sitemap}`] : []), ''];
  return new Response(lines.join('\n'), {
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  });
};
