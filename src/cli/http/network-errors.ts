import { show } from '../../base/user-error';

/**
 * How far an exchange had come.
 */
export type Phase = 'connecting' | 'waiting' | 'reading';

/**
 * What an error of Node means, in words.
 */
export interface Reason {
  readonly words: string;
  /** Whether trying again would end in the same way. */
  readonly lasting: boolean;
}

/**
 * What ended an exchange.
 *
 * @param authorities Names the certificates that the server was verified with.
 */
export function reasonOf(error: unknown, phase: Phase, authorities: string): Reason {
  const { code, text, subject } = partsOf(error);
  const mistrust = mistrustOf(code, authorities, subject);
  if (mistrust) return { words: `its TLS certificate is not to be trusted: ${mistrust}`, lasting: true };
  if (/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/.test(code)) return { words: 'it does not speak TLS', lasting: true };
  if (code.startsWith('ERR_SSL_')) return { words: `no TLS connection: ${code.slice('ERR_SSL_'.length).toLowerCase().replace(/_/g, ' ')}`, lasting: true };
  if (code.startsWith('HPE_')) return { words: `its answer is not HTTP (${code})`, lasting: true };
  if (CLOSED.has(code)) return { words: CLOSED_WORDS[phase], lasting: false };
  const known = WORDS.get(code);
  return known ?? { words: show(code ? `${code}: ${text}` : text), lasting: false };
}

/**
 * What a time limit ended.
 */
export function timedOut(phase: Phase, milliseconds: number): string {
  return `${TIMED_OUT_WORDS[phase]} within ${seconds(milliseconds)}`;
}

/**
 * Milliseconds for people.
 */
export function seconds(milliseconds: number): string {
  return milliseconds < 10_000 ? `${Math.round(milliseconds / 100) / 10} s` : `${Math.round(milliseconds / 1000)} s`;
}

/** What Node says when the other side has gone: `ERR_STREAM_PREMATURE_CLOSE` of a body that is not whole. */
const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']);

const CLOSED_WORDS: Record<Phase, string> = {
  connecting: 'it closed the connection before it was secure',
  waiting: 'it closed the connection without an answer',
  reading: 'it closed the connection in the middle of the answer',
};

const TIMED_OUT_WORDS: Record<Phase, string> = {
  connecting: 'no connection',
  waiting: 'no answer',
  reading: 'no complete answer',
};

const WORDS: ReadonlyMap<string, Reason> = new Map([
  ['ECONNREFUSED', { words: 'it refused the connection', lasting: false }],
  ['ENOTFOUND', { words: 'there is no such host', lasting: true }],
  ['EAI_AGAIN', { words: 'its name cannot be resolved at the moment', lasting: false }],
  ['EHOSTUNREACH', { words: 'there is no way to it', lasting: false }],
  ['ENETUNREACH', { words: 'there is no way to its network', lasting: false }],
  ['ETIMEDOUT', { words: 'it does not answer', lasting: false }],
  ['EPROTO', { words: 'it does not speak TLS', lasting: true }],
]);

function mistrustOf(code: string, authorities: string, subject: string): string | undefined {
  switch (code) {
    case 'CERT_HAS_EXPIRED': return 'it has expired';
    case 'CERT_NOT_YET_VALID': return 'it is not valid yet (or the clock of this machine is wrong)';
    case 'ERR_TLS_CERT_ALTNAME_INVALID': return subject;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE': return `it was verified with ${authorities}, and none of them signed it`;
    default: return /^(?:CERT_|CRL_|INVALID_|UNABLE_TO_|PATH_LENGTH|HOSTNAME_MISMATCH|ERROR_IN_CERT)/.test(code) ? code.toLowerCase().replace(/_/g, ' ') : undefined;
  }
}

interface Parts {
  readonly code: string;
  readonly text: string;
  readonly subject: string;
}

function partsOf(error: unknown): Parts {
  const { code = '', message = '', errors, host, cert } = error as NodeError;
  // All addresses of a host have failed: the first says what most likely is wrong.
  if (errors?.[0] !== undefined) return partsOf(errors[0]);
  return { code, text: message, subject: `it is for ${show(cert?.subjectaltname ?? 'no host')}, not for ${show(host ?? '')}` };
}

/** What Node's errors have, each some of it. */
interface NodeError {
  readonly code?: string;
  readonly message?: string;
  readonly errors?: readonly unknown[];
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string };
}
