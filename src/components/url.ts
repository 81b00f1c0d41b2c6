/** Address of a file of the site, under whatever base path it is served. */
export function siteUrl(path: string): string {
  const base = import.meta.env.BASE_URL;
  return `${base.endsWith('/') ? base : `${base}/`}${path}`;
}

/** The same with its origin; undefined where SITE_URL is not set. */
export const absoluteUrl = (path: string, site: URL | undefined): string | undefined =>
  site && new URL(siteUrl(path), site).href;
