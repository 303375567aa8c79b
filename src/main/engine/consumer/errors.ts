import type { ErrorKind } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';

/**
 * What went wrong with a call, told by the type, status or errno of the failure and never by its text. `transient` is
 * worth another try, `config` needs the person, `limit` names the setting that was hit.
 */

/** An address that must not be called (see addresses.ts). */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = 'PONTUAL_ADDRESS_REFUSED';
}

export function configError(code: string, message: string): RunError {
  return { code, kind: 'config', message };
}

type Told = readonly [code: string, kind: ErrorKind, sentence: string];

const BY_CODE: Readonly<Record<string, Told>> = {
  ECONNREFUSED: [
    'connection-refused',
    'transient',
    'refused the connection: nothing listens there',
  ],
  ECONNRESET: ['connection-reset', 'transient', 'broke the connection off'],
  ECONNABORTED: ['connection-reset', 'transient', 'broke the connection off'],
  EPIPE: [
    'connection-reset',
    'transient',
    'closed the connection while the request was being sent',
  ],
  ENOTFOUND: ['host-not-found', 'transient', 'is not known: its name could not be found'],
  EAI_AGAIN: [
    'dns-unavailable',
    'transient',
    'could not be looked up: the name service did not answer',
  ],
  EAI_FAIL: ['dns-unavailable', 'transient', 'could not be looked up: the name service failed'],
  EHOSTUNREACH: ['unreachable', 'transient', 'cannot be reached from this machine'],
  EHOSTDOWN: ['unreachable', 'transient', 'cannot be reached from this machine'],
  ENETUNREACH: ['unreachable', 'transient', 'cannot be reached: there is no network to it'],
  ENETDOWN: ['unreachable', 'transient', 'cannot be reached: the network is down'],
  EADDRNOTAVAIL: ['unreachable', 'transient', 'cannot be reached from this machine'],
  ETIMEDOUT: ['connect-timeout', 'transient', 'did not accept the connection in time'],
  EMFILE: ['too-many-sockets', 'transient', 'could not be called: too many files are open'],
  UND_ERR_CONNECT_TIMEOUT: [
    'connect-timeout',
    'transient',
    'did not accept the connection in time',
  ],
  UND_ERR_SOCKET: ['connection-closed', 'transient', 'closed the connection without an answer'],
  UND_ERR_HEADERS_OVERFLOW: ['headers-too-large', 'limit', 'sent more than 16 KiB of headers'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: [
    'incomplete-body',
    'transient',
    'sent a body that is shorter or longer than it announced',
  ],
  // Our own aborts never come this far: what is left is a proxy that opens no tunnel.
  UND_ERR_ABORTED: [
    'proxy-refused',
    'transient',
    'cannot be reached: the proxy opens no tunnel to it',
  ],
  UND_ERR_INVALID_ARG: ['bad-request', 'config', 'cannot be called: the request is not valid HTTP'],

  CERT_HAS_EXPIRED: ['tls-expired', 'config', 'has a certificate that has expired'],
  CERT_NOT_YET_VALID: ['tls-not-yet-valid', 'config', 'has a certificate that is not valid yet'],
  CERT_REVOKED: ['tls-revoked', 'config', 'has a certificate that was revoked'],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'tls-self-signed',
    'config',
    'has a certificate that it signed itself',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'tls-untrusted',
    'config',
    'has a certificate whose authority is not trusted on this machine',
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'tls-untrusted',
    'config',
    'has a certificate whose authority is not known here, or it does not send the whole chain',
  ],
  UNABLE_TO_GET_ISSUER_CERT: [
    'tls-untrusted',
    'config',
    'has a certificate whose authority is not known here',
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'tls-untrusted',
    'config',
    'has a certificate whose authority is not known here',
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls-wrong-host', 'config', 'has a certificate for another host'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['tls-not-tls', 'config', 'does not speak TLS on this port'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['tls-not-tls', 'config', 'does not speak TLS on this port'],
  ERR_SSL_UNSUPPORTED_PROTOCOL: [
    'tls-too-old',
    'config',
    'offers only TLS versions older than 1.2',
  ],
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: [
    'tls-too-old',
    'config',
    'offers only TLS versions older than 1.2',
  ],
  ERR_SSL_VERSION_TOO_LOW: ['tls-too-old', 'config', 'offers only TLS versions older than 1.2'],
};

const TLS_OTHER: Told = ['tls-failed', 'config', 'could not agree on an encrypted connection'];
const NOT_HTTP: Told = ['not-http', 'system', 'does not answer in HTTP'];
const INCOMPLETE: Told = ['incomplete-body', 'transient', 'broke off in the middle of the body'];
const UNKNOWN: Told = ['network-failed', 'transient', 'could not be called'];

/** Codes that mean "the body was cut" once the answer has begun. */
const CUT_CODES = new Set([
  'UND_ERR_SOCKET',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'HPE_INVALID_EOF_STATE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/** The stable code of a thrown failure; an AggregateError (several addresses were tried) gives that of its last try. */
export function failureCode(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0)
    return failureCode(thrown.errors.at(-1));
  const code = (thrown as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && code !== '') return code;
  // undici's parser errors carry llhttp's own code only sometimes.
  if (thrown instanceof Error && thrown.name === 'HTTPParserError') return 'HPE_UNKNOWN';
  const cause = (thrown as { cause?: unknown } | null)?.cause;
  return cause === undefined ? '' : failureCode(cause);
}

/** What a failed connection or a broken answer means. `hasAnswer`: the status line had arrived. */
export function describeNetworkFailure(
  thrown: unknown,
  origin: string,
  hasAnswer: boolean,
): RunError {
  const code = failureCode(thrown);
  if (thrown instanceof AddressRefused) {
    return configError('address-refused', `${origin} is not called: ${thrown.message}.`);
  }
  const [name, kind, sentence] = tell(code, hasAnswer);
  const detail = code === '' || code.startsWith('UND_ERR_') ? '' : ` (${code})`;
  return { code: name, kind, message: `${origin} ${sentence}${detail}.` };
}

function tell(code: string, hasAnswer: boolean): Told {
  if (hasAnswer && CUT_CODES.has(code)) return INCOMPLETE;
  const known = BY_CODE[code];
  if (known !== undefined) return known;
  if (code === 'HPE_INVALID_EOF_STATE') return INCOMPLETE;
  if (code.startsWith('HPE_')) return NOT_HTTP;
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO')
    return TLS_OTHER;
  return UNKNOWN;
}

/** Statuses with a meaning of their own; others follow from their hundred. */
const BY_STATUS: Readonly<Record<number, readonly [ErrorKind, string]>> = {
  400: ['system', 'the API does not understand the request'],
  401: ['config', 'the API did not accept the credentials'],
  402: ['config', 'the API wants to be paid'],
  403: ['config', 'the API does not allow this to these credentials'],
  404: ['system', 'there is nothing at this address'],
  405: ['system', 'the API does not allow this method here'],
  407: ['config', 'the proxy wants credentials'],
  408: ['transient', 'the API waited too long for the request'],
  410: ['system', 'what was at this address is gone for good'],
  413: ['system', 'the request is too large for the API'],
  415: ['system', 'the API does not take this kind of body'],
  422: ['system', 'the API understood the request but does not accept its content'],
  425: ['transient', 'the API asks to try again'],
  429: ['rate-limited', 'the API says that it is called too often'],
  500: ['transient', 'the API failed'],
  501: ['system', 'the API does not know this method'],
  502: ['transient', 'a gateway before the API got no good answer'],
  503: ['transient', 'the API is not available now'],
  504: ['transient', 'a gateway before the API waited too long'],
  505: ['system', 'the API does not take this version of HTTP'],
};

/** An attempt ran into its own deadline. */
export function attemptTimedOut(timeoutMs: number): RunError {
  return {
    code: 'attempt-timeout',
    kind: 'limit',
    message: `The attempt took longer than ${timeoutMs} ms (timeoutMs of the job).`,
  };
}

/** What an answer that is neither data nor "no data" means. */
export function describeStatus(
  status: number,
  about: { readonly retryAfterMs: number | null; readonly excerpt: string },
): RunError {
  const [kind, sentence] = BY_STATUS[status] ?? meaningOfHundred(status);
  return {
    code: 'http-status',
    kind,
    message: `${status}: ${sentence}.`,
    status,
    ...(about.retryAfterMs === null ? {} : { retryAfterMs: about.retryAfterMs }),
    ...(about.excerpt === '' ? {} : { excerpt: about.excerpt }),
  };
}

function meaningOfHundred(status: number): readonly [ErrorKind, string] {
  if (status >= 500 && status < 600) return ['transient', 'the API failed'];
  if (status >= 400 && status < 500) return ['system', 'the API refused the request'];
  if (status === 206) return ['system', 'the API sent a part only, which was not asked for'];
  return ['system', 'this is no status that data comes with'];
}

export type TimeLimit = 'connectMs' | 'headersMs' | 'idleMs' | 'totalMs';

const TIME_LIMITS: Readonly<Record<TimeLimit, readonly [code: string, sentence: string]>> = {
  connectMs: ['connect-timeout', 'did not accept the connection'],
  headersMs: ['headers-timeout', 'sent no answer'],
  idleMs: ['idle-timeout', 'stopped sending in the middle of the body'],
  totalMs: ['total-timeout', 'did not finish its answer'],
};

export function timeLimitHit(limit: TimeLimit, valueMs: number, origin: string): RunError {
  const [code, sentence] = TIME_LIMITS[limit];
  return {
    code,
    kind: 'transient',
    message: `${origin} ${sentence} within ${valueMs} ms (limits.${limit}).`,
  };
}

export function bodyLimitHit(maxBodyBytes: number, origin: string): RunError {
  return {
    code: 'body-too-large',
    kind: 'limit',
    message: `${origin} sends more than ${maxBodyBytes} bytes in one body (limits.maxBodyBytes).`,
  };
}
