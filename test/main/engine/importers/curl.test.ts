import { describe, expect, it } from 'vitest';
import { importIntegration } from '../../../../src/main/engine/importers/import-integration.ts';

function imported(text: string) {
  return importIntegration({ from: 'curl', text });
}

const URL_ = 'https://api.example.com/items';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const JSON_ = { 'Content-Type': 'application/json' };

/** Command line, and the parts of the integration that it must give. */
const LINES: readonly (readonly [string, Record<string, unknown>])[] = [
  [`curl ${URL_}`, { method: 'GET', url: URL_, query: {}, headers: {}, body: null }],
  [`curl '${URL_}?page=2&q=a%20b'`, { query: { page: '2', q: 'a b' } }],
  [`curl "${URL_}?a=1&a=2"`, { url: `${URL_}?a=1&a=2`, query: {} }],
  [`curl ${URL_}#top`, { url: URL_ }],
  [`curl --url ${URL_} -H 'Accept: application/json'`, { headers: { Accept: 'application/json' } }],
  [`curl -XDELETE ${URL_}/7`, { method: 'DELETE', url: `${URL_}/7` }],
  [`curl -X PUT ${URL_} -d a=1`, { method: 'PUT', body: 'a=1', headers: FORM }],
  [`curl ${URL_} -d a=1 -d b=2`, { method: 'POST', body: 'a=1&b=2', headers: FORM }],
  [`curl -da=1 ${URL_}`, { method: 'POST', body: 'a=1' }],
  [`curl -sSLX POST ${URL_}`, { method: 'POST' }],
  [`curl -sSkH'X-Trace: 1' ${URL_}`, { headers: { 'X-Trace': '1' } }],
  [
    `curl ${URL_} -H 'Content-Type: application/json' --data-raw '{"a":[1,"x"]}'`,
    { method: 'POST', body: { a: [1, 'x'] }, headers: JSON_ },
  ],
  [
    `curl ${URL_} --json '{"a":1}'`,
    { body: { a: 1 }, headers: { ...JSON_, Accept: 'application/json' } },
  ],
  [
    `curl ${URL_} -H 'Content-Type: application/json' -d '{"id":12345678901234567890}'`,
    { body: '{"id":12345678901234567890}' },
  ],
  [`curl ${URL_} --data-raw '@not-a-file'`, { body: '@not-a-file' }],
  [`curl ${URL_} --data-urlencode 'q=a b&c'`, { body: 'q=a%20b%26c' }],
  [
    `curl -G ${URL_} -d a=1 --data-urlencode 'q=á'`,
    { method: 'GET', query: { a: '1', q: 'á' }, body: null },
  ],
  [`curl -G '${URL_}?x=0' -d a=1`, { query: { x: '0', a: '1' } }],
  [`curl ${URL_} --url-query 'q=a b'`, { query: { q: 'a b' } }],
  [
    `curl -A 'Me/1.0' -e https://ref.example/ ${URL_}`,
    { headers: { 'User-Agent': 'Me/1.0', Referer: 'https://ref.example/' } },
  ],
  [`curl ${URL_} -H 'X-Empty;' -H 'Accept:'`, { headers: { 'X-Empty': '' } }],
  [`curl "${URL_}" -d "{\\"a\\": \\"\\$x\\"}"`, { body: '{"a": "$x"}' }],
  [`curl ${URL_} -d $'it\\'s \\u00e1\\n'`, { body: "it's á\n" }],
  [`curl ${URL_} -d 'it'"'"'s'`, { body: "it's" }],
  [`curl \\\n  -X PATCH \\\n  ${URL_} \\\n  -d 1`, { method: 'PATCH', body: '1' }],
  [`curl \\\r\n ${URL_} \\\r\n -d 2`, { body: '2' }],
  ['curl api.example.com/v1', { url: 'http://api.example.com/v1' }],
  [`/usr/bin/curl ${URL_} | jq .`, { url: URL_ }],
  [`$ curl ${URL_}`, { url: URL_ }],
  [`C:\\Users\\me> curl ${URL_}`, { url: URL_ }],
  [`PS C:\\Users\\me> curl.exe ${URL_}`, { url: URL_ }],
  [`curl ${URL_} -F a=1`, { method: 'POST', url: URL_, body: null }],
  [`curl ${URL_} > out.json`, { url: URL_ }],
  [`curl ${URL_} -d 'Hello {{name}}'`, { body: '{% raw %}Hello {{name}}{% endraw %}' }],
  // cmd, as Chrome copies it today and copied it before
  [
    `curl ^"${URL_}?a=1^&b=2^" ^\r\n  -H ^"accept: */*^" ^\r\n  --data-raw ^"^{^\\^"a^\\^":^\\^"x^%^\\^"^}^"`,
    { query: { a: '1', b: '2' }, headers: { accept: '*/*', ...FORM }, body: '{"a":"x%"}' },
  ],
  [
    `curl "${URL_}" ^\r\n  -H "Content-Type: application/json" ^\r\n  --data-binary "{\\"a\\":\\"b ^& c\\"}"`,
    { body: { a: 'b & c' } },
  ],
  [`curl "${URL_}" ^\n -d "say ""hi"""`, { body: 'say "hi"' }],
  // PowerShell
  [
    `curl.exe -X POST \`\r\n  -H "Content-Type: application/json" \`\r\n  -d '{"a":"it''s"}' ${URL_}`,
    { method: 'POST', body: { a: "it's" } },
  ],
  [`curl.exe "${URL_}" -d "{\`"a\`":\`"\`$x\`"}"`, { body: '{"a":"$x"}' }],
  [`curl.exe "${URL_}" -d "{\\"a\\":1}"`, { body: '{"a":1}' }],
];

describe('a curl command line', () => {
  it.each(LINES)('%s', (line, expected) => {
    expect(imported(line).integration.request).toMatchObject(expected);
  });

  it.each<[string, object]>([
    [`curl -u me:pa:ss ${URL_}`, { kind: 'basic', username: 'me' }],
    [`curl https://me:pass@api.example.com/items`, { kind: 'basic', username: 'me' }],
    [`curl ${URL_} -H 'Authorization: Bearer abc123'`, { kind: 'bearer' }],
    [`curl ${URL_} --oauth2-bearer abc123`, { kind: 'bearer' }],
    [`curl ${URL_} -H 'Authorization: Basic bWU6cGFzcw=='`, { kind: 'basic', username: 'me' }],
    [`curl ${URL_} -H 'X-Api-Key: abc123'`, { kind: 'api-key', in: 'header', name: 'X-Api-Key' }],
    [`curl '${URL_}?api_key=abc123&x=1'`, { kind: 'api-key', in: 'query', name: 'api_key' }],
    [`curl ${URL_} -H "Authorization: Bearer $TOKEN"`, { kind: 'bearer' }],
  ])('%s signs in without keeping the secret', (line, auth) => {
    const result = imported(line);
    expect(result.integration.auth).toMatchObject(auth);
    expect(JSON.stringify(result)).not.toMatch(/abc123|pa:ss|bWU6|:pass/);
    expect(result.report.some(({ taken, why }) => taken && why.includes('secret'))).toBe(true);
  });

  it('names a second secret header as a secret too', () => {
    const { integration } = imported(
      `curl ${URL_} -H 'Authorization: Bearer abc' -H 'X-Api-Key: def'`,
    );
    expect(integration.auth).toMatchObject({ kind: 'bearer' });
    expect(integration.request.headers).toEqual({
      'X-Api-Key': { secret: 'api.example.com-x-api-key' },
    });
  });

  it('takes limits, retries and redirects', () => {
    const { integration } = imported(
      `curl -m 2.5 --connect-timeout 1 --retry 4 --max-redirs 3 -L ${URL_}`,
    );
    expect(integration).toMatchObject({
      limits: { totalMs: 2500, connectMs: 1000 },
      retry: { maxAttempts: 5 },
      redirects: { follow: 'same-origin', max: 3 },
    });
  });

  it('with -I asks for no records', () => {
    expect(imported(`curl -I ${URL_}`).integration).toMatchObject({
      request: { method: 'HEAD' },
      records: null,
    });
  });

  it.each([
    ['-k', /certificates/],
    ['--insecure', /certificates/],
    ["-b 'session=1'", /cookie/],
    ["-H 'Cookie: a=b'", /cookie/],
    ['-x http://proxy:8080', /HTTPS_PROXY/],
    ["-F 'file=@x.png'", /multipart/],
    ['--compressed', /changes nothing/],
    ["-H 'sec-ch-ua: x'", /browsers/],
    ["-H 'Host: other.example'", /by the program/],
    ['--no-such-option', /not known/],
    ['--digest -u me:x', /not known/],
    ['https://second.example/', /one address/],
    ['; rm -rf /', /only the curl command/],
  ])('says why %s was not taken', (option, why) => {
    const { report } = imported(`curl ${URL_} ${option}`);
    const left = report.filter(({ taken }) => !taken);
    expect(left.map((one) => one.why).join(' ')).toMatch(why);
  });

  it.each([
    [`curl ${URL_} -d @-`, /standard input/],
    [`curl ${URL_} --data-binary @body.json`, /file body\.json/],
    [`curl ${URL_} --data-urlencode 'name@file'`, /file file/],
    ['curl', /no address/],
    ['', /no curl command/],
    [`wget ${URL_}`, /begins with curl/],
    [`Invoke-WebRequest -Uri "${URL_}"`, /copy it as cURL/],
    [`curl '${URL_}`, /not closed/],
    [`curl ${URL_} -H`, /needs a value/],
    ['curl ftp://example.com/x', /http or https/],
    [`curl -X TRACE ${URL_}`, /TRACE/],
  ])('%s is refused with a sentence', (line, sentence) => {
    expect(() => imported(line)).toThrow(sentence);
  });
});
