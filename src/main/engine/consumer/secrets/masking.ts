import { nextTurn } from '../next-turn.ts';

/**
 * Hides known secret values wherever text or bytes leave the program: as they are, URL-escaped (also in part),
 * JSON-escaped, HTML-escaped, and as base64 whatever stands before them. Told by the values themselves, never by the
 * names of fields.
 */

export const MASK = '***';

/** So much is searched for one secret in two to four milliseconds; more is searched in parts, between other work. */
const SEARCHED_AT_ONCE_BYTES = 1024 * 1024;

/** A shorter value would hide half of every text; it is no secret anyway. */
const SHORTEST = 4;
/** A shorter stretch of base64 is found in texts by chance. */
const SHORTEST_BASE64 = 6;
const NUMBER = /^\d+$/;

export class Masker {
  /** One for each secret: a pattern of many alternatives is a hundred times slower than many patterns of few. */
  readonly #texts: readonly RegExp[];
  readonly #bytes: readonly RegExp[];
  /** Bytes that no spelling of a secret has in it: before one of them nothing is cut in half. */
  readonly #between: readonly number[];

  constructor(values: Iterable<string>) {
    // Longest first: a secret may contain another one.
    const secrets = [...new Set(values)]
      .filter((value) => value.length >= SHORTEST)
      .sort((a, b) => b.length - a.length);
    this.#texts = secrets.map((secret) => pattern(secret, (char) => char));
    this.#bytes = secrets.map((secret) =>
      pattern(secret, (char) => Buffer.from(char).toString('latin1')),
    );
    this.#between = bytesOutside(secrets);
  }

  /** Whether there is nothing to hide. */
  get isIdle(): boolean {
    return this.#texts.length === 0;
  }

  /** The text with every known secret replaced. */
  mask(text: string): string {
    return this.#texts.reduce((masked, secret) => masked.replace(secret, replacement), text);
  }

  /** Whether the text holds a secret in any form. */
  finds(text: string): boolean {
    return this.#texts.some((secret) => text.search(secret) >= 0);
  }

  /**
   * The same bytes when they hold no secret, else a masked copy. Works for every encoding that extends ASCII. Many bytes
   * are searched in parts, and sockets have their turn in between.
   */
  maskBytes(bytes: Uint8Array): Uint8Array | Promise<Uint8Array> {
    if (this.isIdle) return bytes;
    const partBytes = Math.ceil(SEARCHED_AT_ONCE_BYTES / this.#bytes.length);
    return bytes.length <= partBytes ? this.#maskPart(bytes) : this.#maskParts(bytes, partBytes);
  }

  #maskPart(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const masked = this.#bytes.reduce((part, secret) => part.replace(secret, replacement), text);
    return masked === text ? bytes : Buffer.from(masked, 'latin1');
  }

  async #maskParts(bytes: Uint8Array, partBytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let isMasked = false;
    for (let at = 0; at < bytes.length;) {
      if (at > 0) await nextTurn();
      const end = this.#cutAfter(bytes, at + partBytes);
      const part = bytes.subarray(at, end);
      const masked = this.#maskPart(part);
      isMasked ||= masked !== part;
      parts.push(masked);
      at = end;
    }
    return isMasked ? Buffer.concat(parts) : bytes;
  }

  /** The first place from `wanted` on where no secret can be cut in half. */
  #cutAfter(bytes: Uint8Array, wanted: number): number {
    for (let at = wanted; at < bytes.length; at += LOOKED_AT_BYTES) {
      const near = bytes.subarray(at, at + LOOKED_AT_BYTES);
      const places = this.#between.map((byte) => near.indexOf(byte)).filter((place) => place >= 0);
      if (places.length > 0) return at + Math.min(...places);
    }
    return bytes.length;
  }
}

/** Within so many bytes a place to cut is found in any text of the usual kinds. */
const LOOKED_AT_BYTES = 4096;

/** Characters that stand between values in the formats that APIs send. */
const BETWEEN = '{}[],:"\n<> ';

/** Those of them that neither a secret nor any spelling of its characters has in it. */
function bytesOutside(secrets: readonly string[]): readonly number[] {
  const used = [...secrets, ...Object.values(NAMED).flat(), '%\\&#;=+/_-'].join('');
  return Array.from(BETWEEN)
    .filter((char) => !used.includes(char))
    .map((char) => char.charCodeAt(0));
}

/** A digit is put for a number, so that JSON stays JSON where a numeric secret is echoed as one. */
function replacement(found: string): string {
  return NUMBER.test(found) ? '0' : MASK;
}

/** How a character is written where nothing is escaped. */
type Spell = (char: string) => string;

function pattern(secret: string, spell: Spell): RegExp {
  const cores = base64Cores(secret).map(
    (core) => `${escapedForm(core, spell)}[A-Za-z0-9+/_-]{0,2}={0,2}`,
  );
  return new RegExp([escapedForm(secret, spell), ...cores].join('|'), 'g');
}

/** Each character as itself or in any of its escapes, so that a text escaped in part is found as well. */
function escapedForm(secret: string, spell: Spell): string {
  return Array.from(secret, (char) => `(?:${spellings(char, spell).join('|')})`).join('');
}

function spellings(char: string, spell: Spell): readonly string[] {
  const bytes = [...Buffer.from(char)].map((byte) => byte.toString(16).padStart(2, '0'));
  const units = Array.from({ length: char.length }, (_, index) =>
    char.charCodeAt(index).toString(16).padStart(4, '0'),
  );
  const forms = [
    quote(spell(char)),
    bytes.map((hex) => `%(?:25)?${anyCase(hex)}`).join(''),
    units.map((hex) => `\\\\+u${anyCase(hex)}`).join(''),
  ];
  const code = char.codePointAt(0) ?? 0;
  if (!/[A-Za-z0-9]/.test(char)) {
    forms.push(`&#0*${String(code)};`, `&#[xX]0*${anyCase(code.toString(16))};`);
    forms.push(...(NAMED[char] ?? []));
  }
  return forms;
}

/** Escapes with a name: `\/`, `\"`, `+` for a space in forms, the entities of HTML, the other base64 alphabet. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  ' ': ['\\+'],
  '"': ['\\\\+"', '&quot;'],
  '\\': ['\\\\+'],
  '/': ['\\\\+/', '_'],
  '+': ['-'],
  '&': ['&amp;'],
  '<': ['&lt;'],
  '>': ['&gt;'],
  "'": ["\\\\+'", '&apos;'],
  '\n': ['\\\\+n'],
  '\r': ['\\\\+r'],
  '\t': ['\\\\+t'],
};

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/**
 * The stretches of base64 that depend on the secret alone, whatever stands before and after it: one for each of the
 * three alignments. `Basic` credentials, for one, hide the password behind `user:`.
 */
function base64Cores(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2]
    .map((shift) => {
      const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
      const from = Math.ceil((shift * 8) / 6);
      const to = Math.floor(((shift + bytes.length) * 8) / 6);
      return encoded.slice(from, to);
    })
    .filter((core) => core.length >= SHORTEST_BASE64);
}
