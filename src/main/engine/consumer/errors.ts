import type { ErrorKind } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';
import {
  part,
  SaidError,
  say,
  toldBy,
  type Sentence,
  type SentenceWith,
} from '../../../shared/sentences.ts';

/**
 * What went wrong with a call, told by the type, status or errno of the failure and never by its text. `transient` is
 * worth another try, `config` needs the person, `limit` names the setting that was hit.
 */

/** An address that must not be called (see addresses.ts). */
export class AddressRefused extends SaidError {
  override readonly name = 'AddressRefused';
  readonly code = 'PONTUAL_ADDRESS_REFUSED';
}

export function runError(code: string, kind: ErrorKind, { message, says }: Sentence): RunError {
  return { code, kind, message, says };
}

export function configError(code: string, sentence: Sentence): RunError {
  return runError(code, 'config', sentence);
}

/** The same in another sentence. */
export function retold(error: RunError, { message, says }: Sentence): RunError {
  return { ...error, message, says };
}

/** A fault that nobody expected; what was thrown is not for people, but better than nothing. */
export function ownFault(thrown: unknown): RunError {
  return runError('internal', 'internal', say('ownFault', { why: part(toldBy(thrown)) }));
}

/** `detail` is the system's own code, in brackets. */
type Meaning = readonly [code: string, kind: ErrorKind, key: SentenceWith<'origin' | 'detail'>];
type StatusKey = SentenceWith<'status'>;

const BY_CODE: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: ['connection-refused', 'transient', 'connectionRefused'],
  ECONNRESET: ['connection-reset', 'transient', 'connectionReset'],
  ECONNABORTED: ['connection-reset', 'transient', 'connectionReset'],
  EPIPE: ['connection-reset', 'transient', 'connectionClosedEarly'],
  ENOTFOUND: ['host-not-found', 'transient', 'hostNotFound'],
  EAI_AGAIN: ['dns-unavailable', 'transient', 'dnsSilent'],
  EAI_FAIL: ['dns-unavailable', 'transient', 'dnsFailed'],
  EHOSTUNREACH: ['unreachable', 'transient', 'unreachable'],
  EHOSTDOWN: ['unreachable', 'transient', 'unreachable'],
  ENETUNREACH: ['unreachable', 'transient', 'noNetworkTo'],
  ENETDOWN: ['unreachable', 'transient', 'networkDown'],
  EADDRNOTAVAIL: ['unreachable', 'transient', 'unreachable'],
  ETIMEDOUT: ['connect-timeout', 'transient', 'notAcceptedInTime'],
  EMFILE: ['too-many-sockets', 'transient', 'tooManySockets'],
  UND_ERR_CONNECT_TIMEOUT: ['connect-timeout', 'transient', 'notAcceptedInTime'],
  UND_ERR_SOCKET: ['connection-closed', 'transient', 'connectionClosed'],
  UND_ERR_HEADERS_OVERFLOW: ['headers-too-large', 'limit', 'headersTooLarge'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['incomplete-body', 'transient', 'lengthMismatch'],
  // Our own aborts never come this far: what is left is a proxy that opens no tunnel.
  UND_ERR_ABORTED: ['proxy-refused', 'transient', 'proxyRefused'],
  UND_ERR_INVALID_ARG: ['bad-request', 'config', 'requestInvalid'],

  CERT_HAS_EXPIRED: ['tls-expired', 'config', 'tlsExpired'],
  CERT_NOT_YET_VALID: ['tls-not-yet-valid', 'config', 'tlsNotYetValid'],
  CERT_REVOKED: ['tls-revoked', 'config', 'tlsRevoked'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls-self-signed', 'config', 'tlsSelfSigned'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls-untrusted', 'config', 'tlsNotTrusted'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls-untrusted', 'config', 'tlsChain'],
  UNABLE_TO_GET_ISSUER_CERT: ['tls-untrusted', 'config', 'tlsNotKnown'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls-untrusted', 'config', 'tlsNotKnown'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls-wrong-host', 'config', 'tlsWrongHost'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['tls-not-tls', 'config', 'tlsNotSpoken'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['tls-not-tls', 'config', 'tlsNotSpoken'],
  ERR_SSL_UNSUPPORTED_PROTOCOL: ['tls-too-old', 'config', 'tlsTooOld'],
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: ['tls-too-old', 'config', 'tlsTooOld'],
  ERR_SSL_VERSION_TOO_LOW: ['tls-too-old', 'config', 'tlsTooOld'],
};

const TLS_OTHER: Meaning = ['tls-failed', 'config', 'tlsFailed'];
const NOT_HTTP: Meaning = ['not-http', 'system', 'notHttp'];
const INCOMPLETE: Meaning = ['incomplete-body', 'transient', 'bodyCut'];
const UNKNOWN: Meaning = ['network-failed', 'transient', 'notCalledAtAll'];

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
    return configError('address-refused', say('addressRefused', { origin, why: thrown.says }));
  }
  const [name, kind, key] = tell(code, hasAnswer);
  const detail = code === '' || code.startsWith('UND_ERR_') ? '' : ` (${code})`;
  return runError(name, kind, say(key, { origin, detail }));
}

function tell(code: string, hasAnswer: boolean): Meaning {
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
const BY_STATUS: Readonly<Record<number, readonly [ErrorKind, StatusKey]>> = {
  400: ['system', 'status400'],
  401: ['config', 'status401'],
  402: ['config', 'status402'],
  403: ['config', 'status403'],
  404: ['system', 'status404'],
  405: ['system', 'status405'],
  407: ['config', 'status407'],
  408: ['transient', 'status408'],
  410: ['system', 'status410'],
  413: ['system', 'status413'],
  415: ['system', 'status415'],
  422: ['system', 'status422'],
  425: ['transient', 'status425'],
  429: ['rate-limited', 'status429'],
  500: ['transient', 'statusFailed'],
  501: ['system', 'status501'],
  502: ['transient', 'status502'],
  503: ['transient', 'status503'],
  504: ['transient', 'status504'],
  505: ['system', 'status505'],
};

/** An attempt ran into its own deadline. */
export function attemptTimedOut(timeoutMs: number): RunError {
  return runError('attempt-timeout', 'limit', say('limitAttempt', { ms: timeoutMs }));
}

/** What an answer that is neither data nor "no data" means. */
export function describeStatus(
  status: number,
  about: { readonly retryAfterMs: number | null; readonly excerpt: string },
): RunError {
  const [kind, key] = BY_STATUS[status] ?? meaningOfHundred(status);
  return {
    ...runError('http-status', kind, say(key, { status })),
    status,
    ...(about.retryAfterMs === null ? {} : { retryAfterMs: about.retryAfterMs }),
    ...(about.excerpt === '' ? {} : { excerpt: about.excerpt }),
  };
}

function meaningOfHundred(status: number): readonly [ErrorKind, StatusKey] {
  if (status >= 500 && status < 600) return ['transient', 'statusFailed'];
  if (status >= 400 && status < 500) return ['system', 'statusRefused'];
  return ['system', status === 206 ? 'statusPart' : 'statusNoData'];
}

export type TimeLimit = 'connectMs' | 'headersMs' | 'idleMs' | 'totalMs';

const TIME_LIMITS = {
  connectMs: ['connect-timeout', 'limitConnect'],
  headersMs: ['headers-timeout', 'limitHeaders'],
  idleMs: ['idle-timeout', 'limitIdle'],
  totalMs: ['total-timeout', 'limitTotal'],
} as const;

export function timeLimitHit(limit: TimeLimit, valueMs: number, origin: string): RunError {
  const [code, key] = TIME_LIMITS[limit];
  return runError(code, 'transient', say(key, { origin, ms: valueMs }));
}

export function bodyLimitHit(maxBodyBytes: number, origin: string): RunError {
  return runError('body-too-large', 'limit', say('limitBody', { origin, bytes: maxBodyBytes }));
}
