import { cryptoModule } from '../base/lazy-modules';
import { userError } from '../base/user-error';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const [BEGIN, END] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'];

/**
 * Checks base64 of PEM certificates and removes its line breaks, which Go's base64 decoder ignores.
 *
 * @param at The name of the value in errors.
 * @param data Base64 of PEM certificates.
 * @throws When the value is not base64 or contains anything but certificates. The error never shows the value: it may be a private key.
 */
export function certificateData(at: string, data: string): string {
  const text = data.replace(/[\r\n]/g, '');
  const problem = problemOf(text);
  if (!problem) return text;
  throw userError({
    at,
    given: problem,
    expected: 'base64 of one or more PEM certificates',
    fix: 'copy certificate-authority-data from `kubectl config view --raw --minify` as it is',
  });
}

/**
 * The digits of a certificate's SHA-256, in lower case, with or without the prefix and colons of `openssl x509 -fingerprint`. Returns nothing for other text.
 */
export function sha256Digits(text: string): string | undefined {
  const digits = text.replace(/^(?:sha256 fingerprint=|sha256:)/i, '').replaceAll(':', '').toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined;
}

function problemOf(text: string): string | undefined {
  if (text.startsWith('-----BEGIN')) return 'it is PEM, not base64';
  if (text === '' || !BASE64.test(text)) return 'it is not base64';
  const pem = Buffer.from(text, 'base64').toString('latin1');
  const count = pem.split('-----BEGIN ').length - 1;
  if (count === 0) return 'it is base64, but not of PEM';
  const blocks = certificateBlocks(pem);
  return count === blocks.length && blocks.every(isCertificate) ? undefined : 'it is PEM, but not only of valid certificates';
}

/**
 * The certificates in PEM, each with its first and its last line. Other blocks are left out.
 */
export function certificateBlocks(pem: string): string[] {
  const blocks: string[] = [];
  for (let start = pem.indexOf(BEGIN); start >= 0;) {
    const end = pem.indexOf(END, start);
    if (end < 0) break;
    blocks.push(pem.slice(start, end + END.length));
    start = pem.indexOf(BEGIN, end);
  }
  return blocks;
}

function isCertificate(block: string): boolean {
  try {
    return new (cryptoModule().X509Certificate)(block).subject !== null;
  } catch {
    return false;
  }
}
