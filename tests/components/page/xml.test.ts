import { expect, test } from 'vitest';
import { atom, sitemap } from '../../../src/components/page/xml.ts';

test('lists for crawlers and feed readers are well formed', () => {
  expect(sitemap(['https://example.org/?a&b'])).toContain(
    '<loc>https://example.org/?a&amp;b</loc>',
  );
  const feed = atom('https://example.org/feed.xml', 'A < B', 'Me', [
    { url: 'https://example.org/1', title: '1', updated: '2026-01-02T00:00:00Z', summary: '"s"' },
    { url: 'https://example.org/2', title: '2', updated: '2026-03-02T00:00:00Z', summary: 's' },
  ]);
  expect(feed).toContain('<title>A &lt; B</title>');
  expect(feed).toContain('  <updated>2026-03-02T00:00:00Z</updated>\n  <author>');
  expect(feed.match(/<entry>/g)).toHaveLength(2);
});
