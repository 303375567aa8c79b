import type { IntegrationInput } from '../../../shared/integration.ts';
import { say, type SentenceWith } from '../../../shared/sentences.ts';
import { type CurlOption, curlLine } from './curl-options.ts';
import { cannotImport, type Imported, ImportReport } from './import-report.ts';
import {
  basicAuth,
  type Header,
  nameOf,
  secretName,
  secretReason,
  takeAddress,
  takeBody,
  takeHeaders,
  takeMethod,
} from './request-parts.ts';
import { guessShell, shellWords } from './shell-words.ts';

/** What the program does anyway, or what only concerns what a person sees on a terminal. */
const NEEDLESS =
  /^(?:silent|show-error|verbose|include|fail|fail-with-body|compressed|progress-bar|no-progress-meter|globoff|no-buffer|output|remote-name|remote-header-name|write-out|dump-header|trace|trace-ascii|stderr|location-trusted|http1\.1|http2|http3|tcp-nodelay|path-as-is|styled-output|no-keepalive|keepalive-time|remote-time|output-dir|create-dirs|disable|basic|tlsv1\.2|tlsv1\.3|ipv4|4|6|ipv6)$/;

const WHY_LEFT: Readonly<Record<string, SentenceWith<never>>> = {
  insecure: 'certificatesChecked',
  proxy: 'proxyFromEnvironment',
  'proxy-user': 'proxyFromEnvironment',
  cert: 'noClientCertificates',
  key: 'noClientCertificates',
  cacert: 'caFileByHand',
  cookie: 'cookieEnds',
  'cookie-jar': 'cookiesNotKept',
  form: 'noMultipart',
  'form-string': 'noMultipart',
  'upload-file': 'noFiles',
  digest: 'signInUnknown',
  ntlm: 'signInUnknown',
  negotiate: 'signInUnknown',
  'aws-sigv4': 'signInUnknown',
  netrc: 'netrcNotRead',
  config: 'fileNotRead',
  range: 'wholeAnswersOnly',
};

/** What a shell prints before a command, as manuals show it. */
const PROMPT = /^(?:[$%#]|PS [^>\n]*>|[a-z]:[^>\n]*>)\s*(?=curl)/i;

/** An integration from a curl command line, as browsers and manuals give it, for bash, cmd or PowerShell. */
export function importCurl(text: string): Imported {
  const line = text.trim().replace(PROMPT, '');
  const { words, endedBy } = shellWords(line, guessShell(line));
  const report = new ImportReport();
  if (endedBy !== null) report.left(say('whatFollows', { sign: endedBy }), say('onlyCurl'));
  const [command, ...rest] = words.map((word) => word);
  if (command === undefined) throw cannotImport(say('noCurl'));
  if (/^(?:invoke-(?:webrequest|restmethod)|iwr|irm)$/i.test(command))
    throw cannotImport(say('isPowerShell'));
  if (!/(?:^|[/\\])curl(?:\.exe)?$/i.test(command))
    throw cannotImport(say('notCurl', { command: command.slice(0, 100) }));
  const { options, urls } = curlLine(rest);
  const [first, ...others] = urls;
  if (first === undefined) throw cannotImport(say('curlNoAddress'));
  if (others.length > 0) report.left(say('whatOtherAddresses'), say('oneAddress'));
  return { input: inputOf(first, options, report), report: report.lines };
}

function inputOf(
  address: string,
  options: readonly CurlOption[],
  report: ImportReport,
): IntegrationInput {
  const last = (name: string) => options.findLast((one) => one.name === name)?.value;
  const data = dataOf(options);
  const asQuery = last('get') !== undefined;
  const target = takeAddress(withQuery(address, options, asQuery ? data : []), report);
  const headers = headersOf(options, data.length > 0 && !asQuery);
  const fromHeaders = takeHeaders(headers, target.url, report);
  const auth = userAuth(options, target.url, report) ?? fromHeaders.auth ?? target.auth;
  const isHead = last('head') !== undefined;
  const hasBody = data.length > 0 && !asQuery;
  const posts = hasBody || last('form') !== undefined || last('form-string') !== undefined;
  const method = takeMethod(last('request') ?? (isHead ? 'HEAD' : posts ? 'POST' : 'GET'));
  const contentType = headers.findLast(({ name }) => /^content-type$/i.test(name))?.value ?? null;
  for (const option of options) remark(option, report);
  return {
    name: nameOf(target.url),
    request: {
      method,
      url: target.url,
      query: target.query,
      headers: fromHeaders.headers,
      body: hasBody ? takeBody(data.join('&'), contentType) : null,
    },
    ...(auth && { auth }),
    ...(method === 'HEAD' && { records: null }),
    ...limitsOf(options),
  };
}

function dataOf(options: readonly CurlOption[]): string[] {
  return options.flatMap(({ name, value, written }) => {
    if (!/^(?:data|data-ascii|data-binary|data-raw|data-urlencode|json)$/.test(name)) return [];
    const file = name === 'data-urlencode' ? /^[^=@]*@(.*)$/.exec(value) : /^@([^]*)$/.exec(value);
    if (file && name !== 'data-raw') {
      const option = `${written} ${value}`;
      throw cannotImport(
        file[1] === '-'
          ? say('bodyFromInput', { option })
          : say('bodyFromFile', { option, file: file[1] ?? '' }),
      );
    }
    return [name === 'data-urlencode' ? urlEncoded(value) : value];
  });
}

/** `name=value` encodes the value, `=value` and `value` all of it. */
function urlEncoded(value: string): string {
  const equals = value.indexOf('=');
  if (equals <= 0) return encodeURIComponent(equals === 0 ? value.slice(1) : value);
  return `${value.slice(0, equals)}=${encodeURIComponent(value.slice(equals + 1))}`;
}

function withQuery(
  address: string,
  options: readonly CurlOption[],
  data: readonly string[],
): string {
  const added = options
    .filter(({ name }) => name === 'url-query')
    .map(({ value }) => urlEncoded(value));
  const all = [...data, ...added];
  if (all.length === 0) return address;
  return `${address}${address.includes('?') ? '&' : '?'}${all.join('&')}`;
}

function headersOf(options: readonly CurlOption[], hasBody: boolean): Header[] {
  const headers = options.flatMap(({ name, value }): Header[] => {
    if (name === 'user-agent') return [{ name: 'User-Agent', value }];
    if (name === 'referer') return [{ name: 'Referer', value }];
    if (name !== 'header') return [];
    const colon = value.indexOf(':');
    // `Name;` sends an empty header, `Name:` removes one that curl would send.
    if (colon < 0) return value.endsWith(';') ? [{ name: value.slice(0, -1), value: '' }] : [];
    const text = value.slice(colon + 1).trim();
    return text === '' ? [] : [{ name: value.slice(0, colon).trim(), value: text }];
  });
  const isJson = options.some(({ name }) => name === 'json');
  const has = (wanted: string) => headers.some(({ name }) => name.toLowerCase() === wanted);
  if (isJson && !has('accept')) headers.push({ name: 'Accept', value: 'application/json' });
  if (hasBody && !has('content-type')) {
    const value = isJson ? 'application/json' : 'application/x-www-form-urlencoded';
    headers.push({ name: 'Content-Type', value });
  }
  return headers;
}

function userAuth(
  options: readonly CurlOption[],
  url: string,
  report: ImportReport,
): IntegrationInput['auth'] | null {
  if (options.some(({ name }) => /^(?:digest|ntlm|negotiate|aws-sigv4)$/.test(name))) return null;
  const bearer = options.find(({ name }) => name === 'oauth2-bearer');
  const user = options.find(({ name }) => name === 'user');
  const auth = bearer
    ? ({ kind: 'bearer', secret: secretName(url, 'token') } as const)
    : user && basicAuth(user.value.split(':')[0] ?? '', url);
  if (!auth) return null;
  report.took((bearer ?? user)?.written ?? '', secretReason(auth));
  return auth;
}

function limitsOf(
  options: readonly CurlOption[],
): Pick<IntegrationInput, 'limits' | 'retry' | 'redirects'> {
  const number = (name: string) => {
    const value = Number(options.findLast((one) => one.name === name)?.value ?? NaN);
    return Number.isFinite(value) && value >= 0 ? value : null;
  };
  const [total, connect] = [number('max-time'), number('connect-timeout')];
  const [retries, redirects] = [number('retry'), number('max-redirs')];
  const ms = (seconds: number) => Math.max(100, Math.round(seconds * 1000));
  return {
    ...((total !== null || connect !== null) && {
      limits: {
        ...(total !== null && total > 0 && { totalMs: Math.min(ms(total), 86_400_000) }),
        ...(connect !== null && connect > 0 && { connectMs: Math.min(ms(connect), 600_000) }),
      },
    }),
    ...(retries !== null && { retry: { maxAttempts: Math.min(Math.floor(retries) + 1, 100) } }),
    ...(redirects !== null && { redirects: { max: Math.min(Math.floor(redirects), 20) } }),
  };
}

const UNDERSTOOD =
  /^(?:request|header|data|data-raw|data-ascii|data-binary|data-urlencode|json|url-query|get|head|user|oauth2-bearer|user-agent|referer|max-time|connect-timeout|retry|max-redirs)$/;

function remark({ name, written }: CurlOption, report: ImportReport): void {
  if (UNDERSTOOD.test(name)) return;
  if (name === 'location') report.took(written, say('redirectsFollowed'));
  else if (NEEDLESS.test(name)) report.left(written, say('changesNothing'));
  else report.left(written, say(WHY_LEFT[name] ?? 'optionUnknown'));
}
