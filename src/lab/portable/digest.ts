/**
 * sha256 in hexadecimal, in Node and in browsers.
 * @throws Error in a page that is neither on https nor on this machine
 */
export async function digest(bytes: Uint8Array): Promise<string> {
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (!subtle)
    throw new Error('Files cannot be checked here: open this page over https or on localhost.');
  const hash = new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
