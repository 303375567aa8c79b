import { say } from '../../../shared/sentences.ts';
import { cannotImport } from './import-report.ts';

/** The words of a command line as the shell would hand them to the program, and what follows the command. */
export interface ShellWords {
  readonly words: readonly string[];
  /** The operator at which the command ended (`|`, `;`, `>`...), or null. */
  readonly endedBy: string | null;
}

export type Shell = 'bash' | 'cmd' | 'powershell';

/** By the escapes that only one of them has: `^"` and `^` at a line's end, or a backtick there. */
export function guessShell(text: string): Shell {
  if (/\^["%&|<>]|\^\r?\n/.test(text)) return 'cmd';
  if (/`\r?\n|^\s*curl\.exe\b|^\s*(?:Invoke-|iwr\b|irm\b)/im.test(text)) return 'powershell';
  return 'bash';
}

export function shellWords(text: string, shell: Shell): ShellWords {
  if (shell === 'cmd') return { words: argvWords(withoutCarets(text)), endedBy: null };
  return shell === 'powershell' ? powershellWords(text) : bashWords(text);
}

/** Reads words character by character; quoting rules differ, the rest does not. */
class WordReader {
  readonly words: string[] = [];
  readonly text: string;
  at = 0;
  #word: string | null = null;

  constructor(text: string) {
    this.text = text;
  }

  get next(): string | undefined {
    return this.text[this.at];
  }

  add(text: string): void {
    this.#word = (this.#word ?? '') + text;
  }

  endWord(): void {
    if (this.#word !== null) this.words.push(this.#word);
    this.#word = null;
  }

  get insideWord(): boolean {
    return this.#word !== null;
  }

  /** The text up to `quote`, which is passed over. */
  until(quote: string): string {
    const end = this.text.indexOf(quote, this.at);
    if (end < 0) throw cannotImport(say('quotationOpen', { quote }));
    const inside = this.text.slice(this.at, end);
    this.at = end + quote.length;
    return inside;
  }
}

/** POSIX shell, and `$'...'` of bash. Variables and substitutions cannot be known here and stay as they stand. */
function bashWords(text: string): ShellWords {
  const reader = new WordReader(text);
  for (let one = reader.next; one !== undefined; one = reader.next) {
    reader.at++;
    if (one === '\\') {
      const escaped = reader.next ?? '';
      reader.at++;
      if (escaped === '\r' && reader.next === '\n') reader.at++;
      else if (escaped !== '\n') reader.add(escaped);
    } else if (one === "'") reader.add(reader.until("'"));
    else if (one === '"') reader.add(bashDouble(reader));
    else if (one === '$' && reader.next === "'") {
      reader.at++;
      reader.add(ansiC(reader));
    } else if (/\s/.test(one)) {
      const goesOn = one !== '\n' || reader.words.length === 0;
      reader.endWord();
      if (!goesOn && /\S/.test(text.slice(reader.at)))
        return { words: reader.words, endedBy: 'a new line' };
    } else if (/[|;&<>]/.test(one)) {
      reader.endWord();
      return { words: reader.words, endedBy: one };
    } else if (one === '#' && !reader.insideWord) reader.until('\n');
    else reader.add(one);
  }
  reader.endWord();
  return { words: reader.words, endedBy: null };
}

function bashDouble(reader: WordReader): string {
  let inside = '';
  for (let one = reader.next; one !== '"'; one = reader.next) {
    if (one === undefined) throw cannotImport(say('quotationOpen', { quote: '"' }));
    reader.at++;
    const escaped = reader.next;
    if (one === '\\' && escaped !== undefined && '$`"\\\n'.includes(escaped)) {
      reader.at++;
      inside += escaped === '\n' ? '' : escaped;
    } else inside += one;
  }
  reader.at++;
  return inside;
}

const ANSI_C: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  f: '\f',
  v: '\v',
};

function ansiC(reader: WordReader): string {
  const quoted = /(?:[^'\\]|\\[^])*'/y;
  quoted.lastIndex = reader.at;
  const found = quoted.exec(reader.text)?.[0];
  if (found === undefined) throw cannotImport(say('quotationOpen', { quote: "$'" }));
  reader.at += found.length;
  return found
    .slice(0, -1)
    .replace(
      /\\(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|x([0-9a-fA-F]{1,2})|([0-7]{1,3})|([^]))/g,
      (_all, u?: string, U?: string, x?: string, octal?: string, letter?: string) => {
        const code = u ?? U ?? x;
        if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
        if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
        return ANSI_C[letter ?? ''] ?? letter ?? '';
      },
    );
}

/** What cmd.exe does first: outside quotes a caret takes the meaning from the next character and goes away. */
function withoutCarets(text: string): string {
  let out = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const one = text.charAt(at);
    if (one === '^' && !quoted) {
      at++;
      if (text[at] === '\r') at++;
      // A caret at the end of a line joins it to the next, whose first character is then taken as it is.
      if (text[at] === '\n') at++;
      out += text[at] === '\r' ? '' : text.charAt(at);
    } else {
      if (one === '"') quoted = !quoted;
      out += one;
    }
  }
  return out;
}

/** What a Windows program does then (the rules of the C runtime): `\"` and, inside quotes, `""` are quotes. */
function argvWords(text: string): readonly string[] {
  const reader = new WordReader(text);
  let quoted = false;
  while (reader.next !== undefined) {
    const [slashes = ''] = /^\\*/.exec(text.slice(reader.at)) ?? [];
    const after = text[reader.at + slashes.length];
    if (slashes !== '') {
      reader.at += slashes.length;
      if (after !== '"') reader.add(slashes);
      else {
        reader.add('\\'.repeat(Math.floor(slashes.length / 2)));
        if (slashes.length % 2 === 0) continue;
        reader.add('"');
        reader.at++;
      }
      continue;
    }
    const one = text.charAt(reader.at++);
    if (one === '"') {
      if (quoted && reader.next === '"') {
        reader.add('"');
        reader.at++;
      } else {
        quoted = !quoted;
        reader.add('');
      }
    } else if (!quoted && /\s/.test(one)) reader.endWord();
    else reader.add(one);
  }
  if (quoted) throw cannotImport(say('quotationOpen', { quote: '"' }));
  reader.endWord();
  return reader.words;
}

const BACKTICK: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  e: '\u001b',
};

function powershellWords(text: string): ShellWords {
  const reader = new WordReader(text);
  for (let one = reader.next; one !== undefined; one = reader.next) {
    reader.at++;
    if (one === '`') {
      if (reader.next === '\r') reader.at++;
      if (reader.next === '\n') reader.at++;
      else reader.add(BACKTICK[text.charAt(reader.at)] ?? text.charAt(reader.at++));
    } else if (one === "'") {
      reader.add(reader.until("'"));
      while (reader.next === "'") {
        reader.at++;
        reader.add(`'${reader.until("'")}`);
      }
    } else if (one === '"') reader.add(powershellDouble(reader));
    else if (/\s/.test(one)) reader.endWord();
    else if (/[|;>]/.test(one)) {
      reader.endWord();
      return { words: reader.words, endedBy: one };
    } else reader.add(one);
  }
  reader.endWord();
  return { words: reader.words, endedBy: null };
}

function powershellDouble(reader: WordReader): string {
  let inside = '';
  for (;;) {
    const one = reader.next;
    if (one === undefined) throw cannotImport(say('quotationOpen', { quote: '"' }));
    reader.at++;
    if (one === '`') {
      const escaped = reader.next ?? '';
      reader.at++;
      inside += BACKTICK[escaped] ?? escaped;
    } else if (one === '"' && reader.next === '"') {
      reader.at++;
      inside += '"';
    } else if (one === '"') return inside;
    // Native programs get \" for a quote, since PowerShell up to 7.2 hands the text on as it is.
    else if (one === '\\' && (reader.next === '"' || text2(reader) === '`"')) {
      const isPlain = reader.next === '"';
      reader.at += isPlain ? 1 : 2;
      inside += '"';
    } else inside += one;
  }
}

function text2(reader: WordReader): string {
  return reader.text.slice(reader.at, reader.at + 2);
}
