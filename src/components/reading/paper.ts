import { startCards } from './cards.ts';
import { followContents } from './contents.ts';
import { startCopyButtons } from './copy.ts';
import { startFigureData } from './figure-data.ts';
import { startReadouts } from './readout.ts';

startCards();
followContents();
startFigureData();
startReadouts();
startCopyButtons();
