import Figure from '../figure/Figure.astro';
import LiveFigure from '../../demos/LiveFigure.astro';
import Cite from './Cite.astro';
import ErrorAt from './ErrorAt.astro';
import FigureLink from './FigureLink.astro';
import Math from './Math.astro';
import Note from './Note.astro';
import Outcome from './Outcome.astro';
import PublishedAt from './PublishedAt.astro';
import TrainingValue from './TrainingValue.astro';
import Value from './Value.astro';

/** What a section of the paper may use without importing it. */
export const proseComponents = {
  Cite,
  ErrorAt,
  Figure,
  FigureLink,
  LiveFigure,
  Math,
  Note,
  Outcome,
  PublishedAt,
  TrainingValue,
  Value,
};
