import { show } from '../../base/user-error';
import { seconds } from '../base/duration';
import { Unreachable } from '../base/failure';

/**
 * The progress of a request when it failed.
 */
export type Phase = 'connecting' | 'waiting' | 'reading';

/**
 * The facts about a failed request that decide whether to retry it.
 */
export interface ConnectionErrorOptions {
  /** Whether the server may have received the request and acted on it. */
  readonly sent: boolean;
  /** Whether every retry would fail the same way: the host does not exist, its certificate is not trusted. */
  readonly permanent: boolean;
  /** Whether the time limit of the request ended it. */
  readonly timedOut?: boolean;
  /** A question that leads to the usual cause: `Is the server up?` */
  readonly hint?: string;
}

/**
 * The reason why a request got no response. It is the `cause` of a `RequestError`.
 */
export class ConnectionError extends Error {
  public override readonly name = 'ConnectionError';
  public readonly sent: boolean;
  public readonly permanent: boolean;
  public readonly timedOut: boolean;
  public readonly hint?: string;

  public constructor(message: string, { sent, permanent, timedOut = false, hint }: ConnectionErrorOptions) {
    super(message);
    this.sent = sent;
    this.permanent = permanent;
    this.timedOut = timedOut;
    this.hint = hint;
  }
}

/**
 * A request without a response: `cannot connect to https://… after 6 tries in 31 s: connection refused. Is the server up?`
 */
export class RequestError extends Unreachable {
  /**
   * @param server The address, with the proxy if there is one.
   * @param tries ` after 6 tries in 31 s`, or empty after one attempt.
   */
  public constructor(private readonly server: string, private readonly reason: ConnectionError, tries = '') {
    const summary = reason.sent ? `request to ${server} failed` : `cannot connect to ${server}`;
    super(`${summary}${tries}: ${reason.message}${reason.hint === undefined ? '' : `. ${reason.hint}`}`, reason);
  }

  /** The same error with the number of tries. */
  public withTries(tries: string): RequestError {
    return new RequestError(this.server, this.reason, tries);
  }
}

/**
 * Whether an error is temporary: a later attempt may reach the server.
 */
export function isTransient(error: unknown): boolean {
  return error instanceof Unreachable && !(error.cause instanceof ConnectionError && error.cause.permanent);
}

/**
 * Explains an error of Node's network modules.
 *
 * @param trusted The name of the certificates that the server was verified with.
 */
export function explainNodeError(error: unknown, phase: Phase, trusted: string): ConnectionError {
  const { reason, ...facts } = reasonOf(partsOf(error), phase, trusted);
  return new ConnectionError(reason, { ...facts, sent: phase !== 'connecting' });
}

/**
 * The error of a request that reached its time limit.
 *
 * @param milliseconds The time limit.
 */
export function timeoutError(phase: Phase, milliseconds: number): ConnectionError {
  const { reason, hint } = TIMED_OUT[phase];
  return new ConnectionError(`${reason} within ${seconds(milliseconds)}`, { sent: phase !== 'connecting', permanent: false, timedOut: true, hint });
}

interface Reason {
  readonly reason: string;
  readonly permanent: boolean;
  readonly hint?: string;
}

function reasonOf({ code, text, mismatch }: ErrorParts, phase: Phase, trusted: string): Reason {
  const distrust = distrustOf(code, trusted, mismatch);
  if (distrust) return { reason: `its TLS certificate is not trusted: ${distrust}`, permanent: true };
  if (/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/.test(code)) return NO_TLS;
  if (code.startsWith('ERR_SSL_')) return { reason: `no TLS connection: ${code.slice('ERR_SSL_'.length).toLowerCase().replace(/_/g, ' ')}`, permanent: true };
  if (code.startsWith('HPE_')) return { reason: `its answer is not HTTP (${code})`, permanent: true };
  if (CLOSED_CODES.has(code)) return { reason: CLOSED[phase], permanent: false };
  return REASONS.get(code) ?? { reason: show(code ? `${code}: ${text}` : text), permanent: false };
}

/** Node's codes for a connection that the other side closed. `ERR_STREAM_PREMATURE_CLOSE` means an incomplete body. */
const CLOSED_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']);

const CLOSED: Record<Phase, string> = {
  connecting: 'it closed the connection before the TLS handshake was complete',
  waiting: 'it closed the connection without an answer',
  reading: 'it closed the connection in the middle of the answer',
};

const TIMED_OUT: Record<Phase, Pick<Reason, 'reason' | 'hint'>> = {
  connecting: { reason: 'no connection', hint: 'Does a firewall block it, or does this machine need a proxy (HTTPS_PROXY)?' },
  waiting: { reason: 'no answer', hint: 'Is the server overloaded?' },
  reading: { reason: 'no complete answer' },
};

const NO_TLS: Reason = { reason: 'it does not speak TLS', permanent: true, hint: 'Is this the port for https?' };

const NO_ROUTE = 'Does this machine need a VPN or a proxy (HTTPS_PROXY)?';

const REASONS: ReadonlyMap<string, Reason> = new Map([
  ['ECONNREFUSED', { reason: 'connection refused', permanent: false, hint: 'Is the server up, and is the port right?' }],
  ['ENOTFOUND', { reason: 'host not found', permanent: true, hint: 'Is the name right, and can this machine resolve it?' }],
  ['EAI_AGAIN', { reason: 'the name server does not answer', permanent: false, hint: 'Does DNS work on this machine?' }],
  ['EHOSTUNREACH', { reason: 'no route to the host', permanent: false, hint: NO_ROUTE }],
  ['ENETUNREACH', { reason: 'no route to its network', permanent: false, hint: NO_ROUTE }],
  ['ETIMEDOUT', { reason: 'connection timed out', permanent: false, hint: 'Does a firewall block it?' }],
  ['EPROTO', NO_TLS],
]);

function distrustOf(code: string, trusted: string, mismatch: string): string | undefined {
  switch (code) {
    case 'CERT_HAS_EXPIRED': return 'it has expired';
    case 'CERT_NOT_YET_VALID': return 'it is not valid yet (or the clock of this machine is wrong)';
    case 'ERR_TLS_CERT_ALTNAME_INVALID': return mismatch;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE': return `it was verified with ${trusted}, and none of them signed it`;
    default: return /^(?:CERT_|CRL_|INVALID_|UNABLE_TO_|PATH_LENGTH|HOSTNAME_MISMATCH|ERROR_IN_CERT)/.test(code) ? code.toLowerCase().replace(/_/g, ' ') : undefined;
  }
}

interface ErrorParts {
  readonly code: string;
  readonly text: string;
  /** The hosts that the certificate is for, and the host that was asked for. */
  readonly mismatch: string;
}

function partsOf(error: unknown): ErrorParts {
  const { code = '', message = '', errors, host, cert } = error as NodeError;
  // Node tried all addresses of a host: the error of the first address is the most likely cause.
  if (errors?.[0] !== undefined) return partsOf(errors[0]);
  return { code, text: message, mismatch: `it is for ${show(cert?.subjectaltname ?? 'no host')}, not for ${show(host ?? '')}` };
}

/** The fields of Node's network errors. Each error has some of them. */
interface NodeError {
  readonly code?: string;
  readonly message?: string;
  readonly errors?: readonly unknown[];
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string };
}
