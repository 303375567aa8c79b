import { describe, expect, it } from 'vitest';
import {
  AddressRefused,
  describeNetworkFailure,
  describeStatus,
  failureCode,
  timeLimitHit,
} from '../../../../src/main/engine/consumer/errors.ts';
import { say } from '../../../../src/shared/sentences.ts';

const withCode = (code: string, message = 'any text') =>
  Object.assign(new Error(message), { code });
const told = (error: unknown, hasAnswer = false) =>
  describeNetworkFailure(error, 'https://api.example.com', hasAnswer);

describe('a network failure', () => {
  it.each([
    ['ECONNREFUSED', 'connection-refused', 'transient'],
    ['ENOTFOUND', 'host-not-found', 'transient'],
    ['EAI_AGAIN', 'dns-unavailable', 'transient'],
    ['ENETUNREACH', 'unreachable', 'transient'],
    ['UND_ERR_HEADERS_OVERFLOW', 'headers-too-large', 'limit'],
    ['CERT_HAS_EXPIRED', 'tls-expired', 'config'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-self-signed', 'config'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-wrong-host', 'config'],
    ['ERR_SSL_SOMETHING_NEW', 'tls-failed', 'config'],
    ['EPROTO', 'tls-failed', 'config'],
    ['HPE_INVALID_CONSTANT', 'not-http', 'system'],
    ['EWHATEVER', 'network-failed', 'transient'],
  ])('%s is %s (%s)', (code, name, kind) => {
    expect(told(withCode(code))).toMatchObject({ code: name, kind });
  });

  it('is told by its code and never by its text', () => {
    expect(told(withCode('ECONNREFUSED', 'certificate has expired')).code).toBe(
      'connection-refused',
    );
    expect(told(new Error('connect ECONNREFUSED')).code).toBe('network-failed');
  });

  it('of several addresses is that of the last one tried', () => {
    const all = new AggregateError([withCode('ETIMEDOUT'), withCode('ECONNREFUSED')], '');
    expect(failureCode(all)).toBe('ECONNREFUSED');
    expect(told(all).message).toBe(
      'https://api.example.com refused the connection: nothing listens there (ECONNREFUSED).',
    );
  });

  it('may lie in its cause', () => {
    expect(failureCode(new Error('outer', { cause: withCode('ECONNRESET') }))).toBe('ECONNRESET');
  });

  it('after the answer began is an incomplete body', () => {
    for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'HPE_INVALID_EOF_STATE'])
      expect(told(withCode(code), true).code).toBe('incomplete-body');
  });

  it('says why an address is refused', () => {
    expect(told(new AddressRefused(say('addressPrivate', { ip: '10.0.0.1' })))).toMatchObject({
      code: 'address-refused',
      kind: 'config',
      message: 'https://api.example.com is not called: 10.0.0.1 lies in a private network.',
    });
  });
});

describe('a status', () => {
  it.each([
    [206, 'system'],
    [400, 'system'],
    [401, 'config'],
    [403, 'config'],
    [404, 'system'],
    [408, 'transient'],
    [418, 'system'],
    [429, 'rate-limited'],
    [500, 'transient'],
    [501, 'system'],
    [503, 'transient'],
    [599, 'transient'],
    [600, 'system'],
    [999, 'system'],
  ])('%i is %s', (status, kind) => {
    const error = describeStatus(status, { retryAfterMs: null, excerpt: '' });
    expect(error).toMatchObject({ code: 'http-status', kind, status });
    expect(error.message).toMatch(new RegExp(`^${status}: [^.]+\\.$`));
    expect('excerpt' in error || 'retryAfterMs' in error).toBe(false);
  });
});

it('a limit names itself, its value and its setting', () => {
  expect(timeLimitHit('idleMs', 30_000, 'https://a.example').message).toBe(
    'https://a.example stopped sending in the middle of the body within 30000 ms (limits.idleMs).',
  );
});
