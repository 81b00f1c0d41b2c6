import type { Provenance } from '../../artifacts/artifact.ts';
import { formatDuration } from '../format.ts';

interface Fact {
  term: string;
  value: string;
  code?: boolean;
}

/** The provenance of an artifact as terms and values for its card. */
export function provenanceFacts(provenance: Provenance): Fact[] {
  const { backend, adapter, software, node, packages } = provenance.runtime;
  const commit = provenance.commit === '' ? 'outside a git checkout' : provenance.commit;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [
    { term: 'Command', value: provenance.command, code: true },
    { term: 'Commit', value: commit + (provenance.dirty ? ' with local changes' : ''), code: true },
    { term: 'Seeds', value: provenance.seeds.join(', ') || 'none' },
    { term: 'Device', value: `${backend}: ${adapter}${software ? ' (software)' : ''}` },
    { term: 'Started', value: `${provenance.startedAt.slice(0, 16).replace('T', ' ')} UTC` },
    { term: 'Computing time', value: formatDuration(provenance.seconds) },
    { term: 'Versions', value: [...(node ? [`Node ${node}`] : []), ...versions].join(', ') },
    { term: 'Key', value: provenance.key, code: true },
  ];
}
