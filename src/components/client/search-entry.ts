/** A part of a page that a search can lead to; `search.json` is a list of them. */
export interface SearchEntry {
  /** Address under the base, with its fragment. */
  url: string;
  title: string;
  /** Name of the page; empty for the paper. */
  page: string;
  text: string;
}
