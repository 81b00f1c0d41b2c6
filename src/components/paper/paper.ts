import type { Drawing } from '../drawing/drawing.ts';
import type { Preset } from '../../artifacts/artifact.ts';
import type { Labels } from './english.ts';

/** A person or group. */
interface Author {
  name: string;
  url?: string;
}

/** What a paper says of itself: `content/paper.ts`. */
export interface Paper {
  title: string;
  /** Above the title, such as what kind of publication this is. */
  kicker: string;
  /** One or two sentences under the title. */
  subtitle: string;
  /** For search engines and previews: at most 160 characters. */
  description: string;
  authors: Author[];
  /** First publication, ISO 8601 date. */
  date: string;
  version: string;
  /** SPDX identifier. */
  license: string;
  /** Where the source is kept, if anywhere public. */
  repository?: string;
  keywords: string[];
  /** The paper that this one reproduces: a key of references.bib and how to name its authors. */
  reproduces?: { key: string; title: string; authors: string[]; venue: string; url: string };
  /** Id of the figure drawn on the social card. */
  keyFigure: string;
  /** Whether the experiments compute a ledger of claims. */
  claims: boolean;
  /** Of the text, as in BCP 47; `en` if left out. */
  language?: string;
  /** In which the text runs; from left to right if left out. */
  direction?: 'ltr' | 'rtl';
  /** What the page says around the text, where that is not English: those of `english.ts`. */
  labels?: Partial<Labels>;
  /** What readers see presets called. */
  presets?: Partial<Record<Preset, string>>;
  /** Names of pages in the bar, by path such as `rerun/`; `false` leaves one out. */
  menu?: Record<string, string | false>;
}

/** A part of an experiment's results, in the ledger's words for what a claim reads, such as `curves on isotropic`. */
export interface Shown {
  of: string;
  what: string;
}

/** A figure of `content/figures.ts`: the experiments behind it and how to draw it. */
export interface FigureEntry {
  /** Ids of the experiments that have a panel each, or several: with results of one, the figure can be drawn. */
  experiments: readonly string[];
  /** What its panels show, so that claims which rest on it lead here; nothing if left out. */
  shows?: readonly Shown[];
  /**
   * @param preset which artifact to draw
   * @param neededBy names the figure in errors
   */
  draw(preset: Preset, neededBy: string): Promise<Drawing>;
  /** Whether its experiments measure at a preset what it shows; always if left out. */
  isMeasured?(preset: Preset, neededBy: string): Promise<boolean>;
}

/** A symbol of `content/symbols.ts`. */
export interface SymbolEntry {
  /** Address on the page: `sym-<id>`. */
  id: string;
  /** TeX of the symbol as it stands in formulas; every occurrence is marked up. */
  tex: string;
  /** What it is, in a few words. */
  name: string;
  /** More, with its unit or shape, where a few words do not do. */
  meaning?: string;
}

/** What `<Given from="…">` and front matter may say about a section. */
export type SectionKind = 'answer' | 'front' | 'body' | 'appendix';
