/**
 * Hides known secret values wherever text or bytes leave the program: as they are, URL-escaped (also in part),
 * JSON-escaped, HTML-escaped, and as base64 whatever stands before them. Told by the values themselves, never by the
 * names of fields.
 */

export const MASK = '***';

/** A shorter value would hide half of every text; it is no secret anyway. */
const SHORTEST = 4;
/** A shorter stretch of base64 is found in texts by chance. */
const SHORTEST_BASE64 = 6;
const NUMBER = /^\d+$/;

export class Masker {
  /** One for each secret: a pattern of many alternatives is a hundred times slower than many patterns of few. */
  readonly #texts: readonly RegExp[];
  readonly #bytes: readonly RegExp[];

  constructor(values: Iterable<string>) {
    // Longest first: a secret may contain another one.
    const secrets = [...new Set(values)]
      .filter((value) => value.length >= SHORTEST)
      .sort((a, b) => b.length - a.length);
    this.#texts = secrets.map((secret) => pattern(secret, (char) => char));
    this.#bytes = secrets.map((secret) =>
      pattern(secret, (char) => Buffer.from(char).toString('latin1')),
    );
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

  /** The same bytes when they hold no secret, else a masked copy. Works for every encoding that extends ASCII. */
  maskBytes(bytes: Uint8Array): Uint8Array {
    if (this.isIdle) return bytes;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const masked = this.#bytes.reduce((part, secret) => part.replace(secret, replacement), text);
    return masked === text ? bytes : Buffer.from(masked, 'latin1');
  }
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
