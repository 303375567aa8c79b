import { describe, expect, it } from 'vitest';
import {
  charsetOf,
  readBody as openText,
} from '../../../../src/main/engine/validator/body-text.ts';
import { Refusal } from '../../../../src/main/engine/validator/refusal.ts';

function readBody(body: Uint8Array, contentType: string | null) {
  const { bytes, textOf } = openText(body, contentType);
  return { bytes, text: textOf(0, bytes.length) };
}

const TEXT = '{"a":"Ação €"}';

function utf16be(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
}

describe('the text of a body', () => {
  it.each<[string, Uint8Array, string | null]>([
    ['UTF-8', Buffer.from(TEXT), null],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`), 'application/json; charset=utf-8'],
    ['UTF-8 called utf8', Buffer.from(TEXT), 'application/json;charset="UTF8"'],
    ['UTF-16LE with a mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), 'application/json'],
    ['UTF-16BE with a mark', utf16be(TEXT), null],
    ['UTF-16LE without a mark', Buffer.from(TEXT, 'utf16le'), null],
  ])('is read from %s', (_name, bytes, contentType) => {
    const { text, bytes: utf8 } = readBody(bytes, contentType);
    expect(text).toBe(TEXT);
    expect(utf8.toString('utf8')).toBe(TEXT);
  });

  it('is read in the charset of the header', () => {
    const latin1 = Buffer.from('{"a":"Ação"}', 'latin1');
    expect(readBody(latin1, 'application/json; charset=ISO-8859-1').text).toBe('{"a":"Ação"}');
    const euro = Buffer.from([0x22, 0x80, 0x22]);
    expect(readBody(euro, 'text/plain; charset=windows-1252').text).toBe('"€"');
  });

  it.each<[string, Uint8Array, string | null]>([
    ['Latin-1 that is not announced', Buffer.from('{"a":"Ação"}', 'latin1'), 'application/json'],
    ['a cut character', Buffer.from('"€"').subarray(0, 3), null],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), null],
    ['an unknown charset', Buffer.from('{}'), 'application/json; charset=klingon'],
    ['half a UTF-16 unit', Buffer.from([0xff, 0xfe, 0x7b]), null],
  ])('is refused rather than guessed: %s', (_name, bytes, contentType) => {
    expect(() => readBody(bytes, contentType)).toThrow(Refusal);
  });

  it('keeps the replacement character where it was really sent', () => {
    expect(readBody(Buffer.from('"\ufffd"'), null).text).toBe('"\ufffd"');
  });

  it('reads a view into a larger buffer without its neighbours', () => {
    const whole = Buffer.from('xx{"a":1}yy');
    expect(readBody(whole.subarray(2, 9), null).text).toBe('{"a":1}');
  });

  it.each([
    ['application/json', null],
    ['application/json; charset=utf-8', 'utf-8'],
    ['text/plain; Charset = "latin1"; x=y', 'latin1'],
    [null, null],
  ])('has, by the header %s, the charset %s', (header, charset) => {
    expect(charsetOf(header)).toBe(charset);
  });
});
