import { say } from '../../../shared/sentences.ts';
import { cannotImport } from './import-report.ts';

/** One option of a curl command line, by its long name. */
export interface CurlOption {
  readonly name: string;
  /** As it was written: `-X` or `--request`. */
  readonly written: string;
  readonly value: string;
}

export interface CurlLine {
  readonly options: readonly CurlOption[];
  readonly urls: readonly string[];
}

/** Short options that take a value, with their long names (curl 8 manual). */
const SHORT_WITH_VALUE: Readonly<Record<string, string>> = {
  A: 'user-agent',
  b: 'cookie',
  c: 'cookie-jar',
  C: 'continue-at',
  d: 'data',
  D: 'dump-header',
  e: 'referer',
  E: 'cert',
  F: 'form',
  H: 'header',
  K: 'config',
  m: 'max-time',
  o: 'output',
  P: 'ftp-port',
  Q: 'quote',
  r: 'range',
  t: 'telnet-option',
  T: 'upload-file',
  u: 'user',
  U: 'proxy-user',
  w: 'write-out',
  x: 'proxy',
  X: 'request',
  y: 'speed-time',
  Y: 'speed-limit',
  z: 'time-cond',
};

const SHORT_ALONE: Readonly<Record<string, string>> = {
  '0': 'http1.0',
  '#': 'progress-bar',
  a: 'append',
  f: 'fail',
  g: 'globoff',
  G: 'get',
  i: 'include',
  I: 'head',
  j: 'junk-session-cookies',
  J: 'remote-header-name',
  k: 'insecure',
  L: 'location',
  n: 'netrc',
  N: 'no-buffer',
  O: 'remote-name',
  q: 'disable',
  R: 'remote-time',
  s: 'silent',
  S: 'show-error',
  v: 'verbose',
  Z: 'parallel',
};

const LONG_WITH_VALUE = new Set([
  ...Object.values(SHORT_WITH_VALUE),
  ...'url url-query data-raw data-ascii data-binary data-urlencode json form-string oauth2-bearer'.split(
    ' ',
  ),
  ...'connect-timeout max-redirs retry retry-delay retry-max-time cacert capath key key-type pass'.split(
    ' ',
  ),
  ...'cert-type ciphers tls-max resolve connect-to interface dns-servers proxy-header noproxy'.split(
    ' ',
  ),
  ...'limit-rate max-filesize aws-sigv4 unix-socket local-port keepalive-time expect100-timeout'.split(
    ' ',
  ),
  ...'output-dir stderr trace trace-ascii netrc-file socks5 socks5-hostname socks4 proto rate'.split(
    ' ',
  ),
  ...'proto-default proto-redir alt-svc hsts etag-save etag-compare create-file-mode variable'.split(
    ' ',
  ),
]);

/** Takes a command line apart as curl does: clustered short options, values glued on or apart. */
export function curlLine(words: readonly string[]): CurlLine {
  const options: CurlOption[] = [];
  const urls: string[] = [];
  const pending = [...words];
  const valueOf = (written: string): string => {
    const value = pending.shift();
    if (value === undefined) throw cannotImport(say('optionNeedsValue', { option: written }));
    return value;
  };
  for (let word = pending.shift(); word !== undefined; word = pending.shift()) {
    if (word.startsWith('--') && word.length > 2) {
      const [, name = '', glued] = /^--([^=]+)(?:=([^]*))?$/.exec(word) ?? [];
      const takesValue = LONG_WITH_VALUE.has(name);
      const value = takesValue ? (glued ?? valueOf(word)) : '';
      if (name === 'next') break;
      if (name === 'url') urls.push(value);
      else options.push({ name, written: `--${name}`, value });
    } else if (word.startsWith('-') && word.length > 1) readCluster(word, options, valueOf);
    else if (word.trim() !== '') urls.push(word);
  }
  return { options, urls };
}

/** `-sSLXPOST` is -s -S -L -X POST. */
function readCluster(
  word: string,
  options: CurlOption[],
  valueOf: (written: string) => string,
): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const written = `-${letter}`;
    const withValue = SHORT_WITH_VALUE[letter];
    if (withValue !== undefined) {
      const glued = word.slice(at + 1);
      options.push({ name: withValue, written, value: glued === '' ? valueOf(written) : glued });
      return;
    }
    options.push({ name: SHORT_ALONE[letter] ?? letter, written, value: '' });
  }
}
