import type { PinnedFile } from '../../checkpoints/pinned.ts';

/**
 * Files that are fetched when a run needs them, each at a commit and with its hash. Hendel's pairs carry no licence, so
 * that they may be read but not copied into this repository.
 */

const HENDEL =
  'https://raw.githubusercontent.com/roeehendel/icl_task_vectors/1da0db608c69662cecc1ee7352b84531c1acc435/data';

const pairs = (name: string, size: number, hex: string): [string, PinnedFile] => [
  name,
  {
    url: `${HENDEL}/${name}.json`,
    size,
    hash: { algorithm: 'sha256', hex },
    origin: 'roeehendel/icl_task_vectors, data of Hendel et al. 2023',
    licence: 'none given; fetched, not copied',
  },
];

/** By the name that tasks give. */
export const PAIR_FILES: Readonly<Record<string, PinnedFile>> = Object.fromEntries([
  pairs(
    'translation/fr_en',
    19_845,
    'eac982cbd3438c7a2b0c48fb1b545490db3bcaed22759dcd17e7d2c4207ad565',
  ),
  pairs(
    'translation/es_en',
    19_101,
    '4c4d296da7bf52b9c60201c507f606829a13ecac596c4e81acbe9cdce63b0944',
  ),
  pairs(
    'translation/en_fr',
    18_483,
    '0daf03f180f96d09c8e8e067be2651450dfbac7e735c1795cdfe36a7515a8b25',
  ),
  pairs(
    'translation/en_es',
    17_751,
    'e53e8f89563278ccbac209b46cc7d0f7f8f26669b3a33823ac9979d791c018ef',
  ),
  pairs(
    'linguistic/present_simple_gerund',
    25_522,
    '1365912fff02f814e7c489a2a7f3d0141ee028d4e6bf68116650fa6622f583ad',
  ),
  pairs(
    'linguistic/present_simple_past_simple',
    24_241,
    '6934c0d2cb620e38680d6afc27d48939ca04d329f8edf924e2a74d3062cb624b',
  ),
  pairs(
    'linguistic/plural_singular',
    4_335,
    '16eaceee1f809c971bafbeb73b9c166343763fd50b6b9340fb48051370d3a5c7',
  ),
  pairs(
    'linguistic/antonyms',
    3_923,
    'd1af260807dd5140dacb246a5ef2c3afedc3054b7dfd6ae7a2127f8e2bbe50c0',
  ),
  pairs(
    'knowledge/country_capital',
    4_782,
    '320311016d0a95460441a06935f23155d0236592039e92b5414401d025423aee',
  ),
  pairs(
    'knowledge/person_language',
    31_197,
    '909d57fe2393b78f0f974eda459d822625e02a777b02dfcc0ead3a9156e31f55',
  ),
  pairs(
    'knowledge/location_continent',
    32_959,
    '39a4a55bb11f825763860d8c8e2a6b7e0b9d54226716130c8cfda7cd6fb486fe',
  ),
  pairs(
    'knowledge/location_religion',
    12_425,
    'a9ee3614ef985ae1669faf3972e58e25b1e270c7a9a1ea7ea8d4649bbdd457f8',
  ),
]);

const NLTK =
  'https://raw.githubusercontent.com/nltk/nltk_data/5db857e6f7df11eabb5e5665836db9ec8df07e28/packages/corpora';

/** What the published scoring of translations looks synonyms up in, as NLTK serves it. */
export const WORDNET_FILES = {
  wordnet: {
    url: `${NLTK}/wordnet.zip`,
    size: 10_775_600,
    hash: { algorithm: 'git-sha1', hex: '3c68cd207844f071a5206f7fbed23e5c607ec02f' },
    origin: 'Princeton WordNet 3.0, packed by nltk/nltk_data',
    licence: 'WordNet 3.0 license',
  },
  omw: {
    url: `${NLTK}/omw-1.4.zip`,
    size: 26_634_772,
    hash: { algorithm: 'git-sha1', hex: '2bece324e394199fca3314538857ff7671affb68' },
    origin: 'Open Multilingual Wordnet 1.4 (French: WOLF, Spanish: MCR), packed by nltk/nltk_data',
    licence: 'CeCILL-C (French), CC-BY-3.0 (Spanish)',
  },
} as const satisfies Record<string, PinnedFile>;
