/**
 * The data of the demo: an invented market whose prices move a little at every read. Deterministic: the same seed
 * and the same number of reads give the same market on every machine.
 */

export const PAGE_SIZE = 50;
const FIRST_COINS = 300;
/** A new coin is listed every so many reads, until there are so many. */
const LISTING_EVERY_READS = 5;
const MOST_COINS = 330;
/** In a read, one page in so many stays exactly as it was. */
const QUIET_PAGES = 3;
/** On the other pages, one coin in so many moves, by at most so many percent. */
const MOVING_COINS = 10;
const MOST_MOVED_PERCENT = 2;
/** The API's one mistake: this coin's price is not a number. */
const BROKEN_COIN = 137;
const OPENED_AT = Date.parse('2026-01-01T00:00:00.000Z');
const READ_EVERY_MS = 30_000;

export interface Coin {
  readonly id: number;
  readonly symbol: string;
  readonly name: string;
  readonly price: number | string;
  readonly volume: number;
  readonly updatedAt: string;
}

export interface MarketPage {
  readonly items: readonly Coin[];
  readonly page: number;
  readonly totalPages: number;
  readonly total: number;
}

export class Market {
  readonly #seed: number;
  #reads = 0;
  #coins: readonly Coin[];

  constructor(seed: number) {
    this.#seed = seed;
    this.#coins = Array.from({ length: FIRST_COINS }, (_, index) => this.#list(index));
  }

  /** Somebody begins to read from the first page: prices move, from the second time on. */
  beginRead(): void {
    this.#reads += 1;
    if (this.#reads === 1) return;
    this.#coins = this.#coins.map((coin, index) => this.#move(coin, index));
    const isListingDue = this.#reads % LISTING_EVERY_READS === 0;
    if (isListingDue && this.#coins.length < MOST_COINS)
      this.#coins = [...this.#coins, this.#list(this.#coins.length)];
  }

  /** One page, from 1; beyond the last it is empty. */
  page(page: number): MarketPage {
    const total = this.#coins.length;
    const items = this.#coins.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
    return { items, page, totalPages: Math.ceil(total / PAGE_SIZE), total };
  }

  #list(index: number): Coin {
    const id = index + 1;
    return {
      id,
      symbol: symbolOf(index),
      name: nameOf(index),
      price: id === BROKEN_COIN ? 'n/a' : cents(0.5 + this.#random(index, 0) * 1000),
      volume: Math.round(this.#random(index, 1) * 1_000_000),
      updatedAt: this.#now(),
    };
  }

  #move(coin: Coin, index: number): Coin {
    const page = Math.floor(index / PAGE_SIZE);
    const isQuiet = (page + this.#reads) % QUIET_PAGES === 0;
    const moves = this.#random(index, 2 * this.#reads) < 1 / MOVING_COINS;
    if (isQuiet || !moves || typeof coin.price === 'string') return coin;
    const share = 2 * this.#random(index, 2 * this.#reads + 1) - 1;
    const price = cents(Math.max(coin.price * (1 + (share * MOST_MOVED_PERCENT) / 100), 0.01));
    return { ...coin, price, volume: coin.volume + 100, updatedAt: this.#now() };
  }

  #now(): string {
    return new Date(OPENED_AT + this.#reads * READ_EVERY_MS).toISOString();
  }

  /** In [0, 1), decided by seed, coin and moment alone (the finaliser of MurmurHash3). */
  #random(index: number, moment: number): number {
    let bits =
      (this.#seed ^ Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(moment + 1, 0x85ebca6b)) | 0;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
  }
}

const STARTS = ['Aur', 'Bel', 'Cor', 'Dun', 'Eri', 'Fal', 'Gal', 'Hel', 'Ila', 'Jov', 'Kor', 'Lum'];
const MIDDLES = ['a', 'e', 'i', 'o', 'u'];
const ENDS = ['dia', 'lin', 'mar', 'nos', 'ria', 'ton', 'vex'];

function nameOf(index: number): string {
  const start = STARTS[index % STARTS.length] ?? '';
  const middle = MIDDLES[Math.floor(index / STARTS.length) % MIDDLES.length] ?? '';
  const end = ENDS[Math.floor(index / (STARTS.length * MIDDLES.length)) % ENDS.length] ?? '';
  return start + middle + end;
}

/** AAA, AAB, AAC... */
function symbolOf(index: number): string {
  const letter = (value: number) => String.fromCharCode(65 + (value % 26));
  return letter(Math.floor(index / 676)) + letter(Math.floor(index / 26)) + letter(index);
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
