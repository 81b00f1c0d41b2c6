import type { Provenance } from '../../artifacts/artifact.ts';
import { evidenceInWords, shortCommit } from '../../artifacts/evidence.ts';
import { formatDuration, formatInteger } from '../format.ts';

interface Fact {
  term: string;
  values: string[];
  code?: boolean;
}

const fact = (term: string, value: string, code = false): Fact => ({ term, values: [value], code });

/** The provenance of an artifact as terms and values for its card. */
export function provenanceFacts(provenance: Provenance): Fact[] {
  const { backend, adapter, software, node, packages } = provenance.runtime;
  const commit = provenance.commit === '' ? 'outside a git checkout' : provenance.commit;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [
    fact('Command', provenance.command, true),
    fact('Commit', commit + (provenance.dirty ? ' with local changes' : ''), true),
    fact('Seeds', provenance.seeds.join(', ') || 'none'),
    fact('Device', `${backend}: ${adapter}${software ? ' (software)' : ''}`),
    fact('Started', `${provenance.startedAt.slice(0, 16).replace('T', ' ')} UTC`),
    fact('Computing time', formatDuration(provenance.seconds)),
    fact('Versions', [...(node ? [`Node ${node}`] : []), ...versions].join(', ')),
    fact('Key', provenance.key, true),
    { term: 'Evidence, not proof', values: evidenceOf(provenance) },
    { term: 'Files read', values: filesRead(provenance) },
    { term: 'Computed elsewhere', values: elsewhereOf(provenance) },
  ].filter(({ values }) => values.length > 0);
}

/** On what a result rests that other code made: `700 of 12,000 steps`. */
export const attestedBriefly = ({ attested = [] }: Provenance['inputs'][string]): string => {
  const last = attested.at(-1);
  if (!last) return '';
  return 'results' in last
    ? `${last.results} other${last.results === 1 ? '' : 's'} of its code`
    : `${formatInteger(last.steps)} of ${formatInteger(last.of)} steps`;
};

/** Results that code of other commits made, those with the same evidence together. */
function evidenceOf({ inputs }: Provenance): string[] {
  const attested = Object.values(inputs).flatMap(({ commit, attested = [] }) =>
    attested.slice(-1).map((evidence) => ({ commit, words: evidenceInWords(evidence) })),
  );
  return [...Map.groupBy(attested, ({ words }) => words)].map(([words, alike]) => {
    const commits = [...new Set(alike.map(({ commit }) => shortCommit(commit)))];
    return `${formatInteger(alike.length)} made by code of ${commits.join(', ')}: ${words}`;
  });
}

type Datum = NonNullable<Provenance['data']>[string];

const termsOf = ({ origin, licence }: Datum): string =>
  [origin, licence].filter(Boolean).join(', ');

function filesRead({ data = {} }: Provenance): string[] {
  const own = Object.entries(data).filter(([, { elsewhere }]) => !elsewhere);
  return own.map(([file, datum]) => [file, termsOf(datum)].filter(Boolean).join(': '));
}

/** Where results are from that no code of this repository made. */
export const elsewhereBriefly = ({ data = {} }: Provenance): string[] =>
  Object.entries(data).flatMap(([file, { elsewhere, origin = file }]) =>
    elsewhere ? [origin] : [],
  );

/** Results that no code of this repository made: the file, what did, and on what terms it is here. */
export const elsewhereOf = ({ data = {} }: Provenance): string[] =>
  Object.entries(data).flatMap(([file, datum]) =>
    datum.elsewhere
      ? [
          [
            `${file}: by ${datum.elsewhere.command} in ${datum.elsewhere.environment}`,
            ...(termsOf(datum) === '' ? [] : [termsOf(datum)]),
          ].join('; '),
        ]
      : [],
  );
