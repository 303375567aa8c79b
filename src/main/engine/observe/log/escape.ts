/**
 * Text from outside (an API, a job's name, a header) must never look like a line of ours, move a terminal's cursor
 * or reorder what is read: control characters, line separators, bidirectional marks, invisible tags and lone
 * surrogates are written as JSON escapes. Text without any of them, the usual case, stays as it is.
 */

// C0 and C1 controls, backslash, soft hyphen, Arabic letter mark, zero-width space, direction marks, line and
// paragraph separator, embeddings, word joiner, isolates, byte order mark, interlinear marks.
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- naming them is the purpose
  /[\u0000-\u001f\\\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]/u;
const UNSAFE_OR_ASTRAL = new RegExp(`${UNSAFE.source}|[\\u{e0000}-\\u{e007f}]`, 'gu');

/** Most texts, told at a fraction of the price of looking for each of the others. */
const PLAIN = /^[ -[\]-~]*$/;

const SHORT: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** The same text on one line, readable back with `unescapeText`; `also` names printable characters to escape. */
export function escapeText(text: string, also = ''): string {
  let safe = PLAIN.test(text) ? text : text.replace(UNSAFE_OR_ASTRAL, escapeOne);
  for (const character of also)
    if (safe.includes(character)) safe = safe.replaceAll(character, unicodeEscape(character));
  return safe;
}

/** At most `limit` characters of escaped text; what was cut off is said. */
export function escapeUpTo(text: string, limit: number, also = ''): string {
  const whole = text.length <= limit ? escapeText(text, also) : '';
  if (text.length <= limit && whole.length <= limit) return whole;
  const note = ` [cut from ${text.length} characters]`;
  for (let keep = Math.min(limit, text.length); ; keep = Math.trunc(keep / 2)) {
    const part = escapeText(withoutHalfPair(text.slice(0, keep)), also);
    if (part.length <= limit) return part + note;
  }
}

/** The text that `escapeText` was given. */
export function unescapeText(escaped: string): string {
  if (!escaped.includes('\\')) return escaped;
  try {
    return JSON.parse(`"${escaped.replaceAll('"', '\\u0022')}"`) as string;
  } catch {
    return escaped; // not written by us
  }
}

function escapeOne(character: string): string {
  return SHORT[character] ?? unicodeEscape(character);
}

function unicodeEscape(character: string): string {
  let escaped = '';
  for (let i = 0; i < character.length; i++)
    escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return escaped;
}

function withoutHalfPair(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
