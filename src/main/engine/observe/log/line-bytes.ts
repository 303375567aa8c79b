/**
 * Lines as the bytes that will be written. A line has dozens of parts; put here one after the other they never become
 * strings, and thousands of lines that wait for the next write are no work for the garbage collector.
 */
const FIRST_BYTES = 2048;
/** The most that UTF-8 takes for one UTF-16 code unit. */
const BYTES_PER_UNIT = 3;
/** Up to here a loop is faster than a call into the buffer's own code. */
const SHORT = 100;
const FIRST_BEYOND_ASCII = 0x80;
const ZERO = 0x30;
const DOT = 0x2e;
/** Thousandths up to here are counted in integers. */
const MOST_THOUSANDTHS = 2 ** 31;
/** Seven, a point and three. */
const MOST_DIGITS = 11;

/** 1 at the code of each ASCII character that belongs to it. */
export type Characters = Uint8Array;

export function charactersOf(pattern: RegExp): Characters {
  const codes = Array.from({ length: FIRST_BEYOND_ASCII }, (_, code) => code);
  return Uint8Array.from(codes, (code) => Number(pattern.test(String.fromCharCode(code))));
}

export class LineBytes {
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** As UTF-8. */
  text(text: string): void {
    const most = text.length * BYTES_PER_UNIT;
    if (this.#length + most > this.#bytes.length) this.#grow(most);
    if (text.length > SHORT || !this.#ascii(text))
      this.#length += this.#bytes.write(text, this.#length);
  }

  /** As ASCII; false, and nothing is put, when it is empty or has other characters than `among` in it. */
  plain(text: string, among: Characters): boolean {
    if (this.#length + text.length > this.#bytes.length) this.#grow(text.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (among[unit] !== 1) return false;
      bytes[at++] = unit;
    }
    this.#length = at;
    return text !== '';
  }

  /** As `String` has it. Most are whole, or milliseconds to the microsecond. */
  number(value: number): void {
    const thousandths = Math.round(value * 1000);
    const isPlain = value >= 0 && thousandths < MOST_THOUSANDTHS && thousandths / 1000 === value;
    if (!isPlain || Object.is(value, -0)) {
      this.text(String(value));
      return;
    }
    if (this.#length + MOST_DIGITS > this.#bytes.length) this.#grow(MOST_DIGITS);
    const whole = Math.floor(thousandths / 1000);
    const rest = thousandths - whole * 1000;
    this.#whole(whole);
    if (rest > 0) this.#decimals(rest);
  }

  /** Takes back what lies behind the first `length` bytes. */
  cutTo(length: number): void {
    this.#length = length;
  }

  /** All that was put here, of which nothing stays. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    return taken;
  }

  /** What was taken and is not written after all, before what came since. */
  putBack(taken: Uint8Array): void {
    this.#bytes = Buffer.concat([taken, this.#bytes.subarray(0, this.#length)]);
    this.#length = this.#bytes.length;
  }

  /** False, and nothing is put, when there is more than ASCII in it. */
  #ascii(text: string): boolean {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= FIRST_BEYOND_ASCII) return false;
      bytes[at++] = unit;
    }
    this.#length = at;
    return true;
  }

  #whole(value: number): void {
    let unit = 1;
    while (unit * 10 <= value) unit *= 10;
    for (let left = value; unit >= 1; unit = Math.floor(unit / 10)) {
      const digit = Math.floor(left / unit);
      this.#bytes[this.#length++] = ZERO + digit;
      left -= digit * unit;
    }
  }

  /** `rest` thousandths, 1 to 999, without the zeros at their end. */
  #decimals(rest: number): void {
    this.#bytes[this.#length++] = DOT;
    for (let left = rest, unit = 100; left > 0; unit /= 10) {
      const digit = Math.floor(left / unit);
      this.#bytes[this.#length++] = ZERO + digit;
      left -= digit * unit;
    }
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafe(
      Math.max(FIRST_BYTES, this.#bytes.length * 2, this.#length + needed),
    );
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
