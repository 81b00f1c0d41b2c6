import { Tokenizer as Rules } from '@huggingface/tokenizers';
import { fault } from './fault.ts';
import { readJson } from './json.ts';
import type { Source } from './source.ts';

export interface Tokenizer {
  /** Ids that the tokenizer knows, added tokens included; a model may have more rows, unused. */
  readonly size: number;
  /** Ids of a text, without tokens that mark its start or end. */
  encode(text: string): number[];
  /** The text of ids, special tokens included. @throws CheckpointError for an id it does not know */
  decode(ids: readonly number[]): string;
  /** Id of a token such as `<|endoftext|>`. */
  id(token: string): number | undefined;
}

/**
 * Reads `tokenizer.json`, and `tokenizer_config.json` where there is one.
 * @throws CheckpointError where it is absent, or not a tokenizer that the library knows
 */
export async function openTokenizer(
  source: Source,
  path = 'tokenizer.json',
  configPath = 'tokenizer_config.json',
): Promise<Tokenizer> {
  const { where, values } = await readJson(source, path);
  const hasConfig = (await source.size(configPath)) !== undefined;
  const config = hasConfig ? (await readJson(source, configPath)).values : {};
  let rules: Rules;
  try {
    rules = new Rules(values, { ...config, clean_up_tokenization_spaces: false });
  } catch (error) {
    return fault(
      where,
      'a tokenizer',
      String(error),
      'take a tokenizer.json of fast tokenizers',
      error,
    );
  }
  const size = rules.get_vocab(true).size;
  const decode: Tokenizer['decode'] = (ids) => {
    const unknown = ids.find((id) => rules.id_to_token(id) === undefined);
    if (unknown !== undefined)
      fault(where, `ids among its ${size}`, `${unknown}`, 'use the tokenizer of the model');
    return ids.length === 0 ? '' : rules.decode([...ids], { skip_special_tokens: false });
  };
  return {
    size,
    encode: (text) => rules.encode(text, { add_special_tokens: false }).ids,
    decode,
    id: (token) => rules.token_to_id(token),
  };
}
