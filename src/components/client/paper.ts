import { startCards } from './cards.ts';
import { followContents } from './contents.ts';
import { startCopyButtons } from './copy.ts';
import { startFigureParts } from './figure-parts.ts';
import { startReadouts } from './readout.ts';

startCards();
followContents();
startFigureParts();
startReadouts();
startCopyButtons();
