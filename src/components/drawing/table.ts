import { formatError } from '../format.ts';
import type { DataTable } from './drawing.ts';

interface Along<Place> {
  title: string;
  /** What stands before the values of a row. */
  head: { columns: readonly string[]; of(place: Place): string[] };
  places: readonly Place[];
  /** Undefined where there is no value at a place: its cell stays empty. */
  series: readonly { name: string; at(place: Place): number | undefined }[];
  format?: (value: number) => string;
}

/** A table of several series: a row a place, a column a series. */
export const tableAlong = <Place>({
  title,
  head,
  places,
  series,
  format = formatError,
}: Along<Place>): DataTable => ({
  title,
  columns: [...head.columns, ...series.map(({ name }) => name)],
  rows: places.map((place) => {
    const values = series.map(({ at }) => at(place));
    return [
      ...head.of(place),
      ...values.map((value) => (value === undefined ? '' : format(value))),
    ];
  }),
});
