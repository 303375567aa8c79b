import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { buildConnector, Pool } from 'undici';
import { refuseAddress, refuseHost, type AddressPolicy } from '../addresses.ts';
import { AddressRefused } from '../errors.ts';

/**
 * Sockets, kept alive and shared by all jobs that call an origin in the same way. The address that is checked is the
 * address that is connected: the check sits in the very look-up that the connection uses, so that a name cannot
 * change its mind in between.
 */
export interface SocketOptions {
  readonly origin: string;
  readonly connectMs: number;
  readonly isDeclaredHost: boolean;
}

/** Addresses of other machines answer within two seconds or the next one of the name is tried. */
const NEXT_ADDRESS_AFTER_MS = 2000;
const IDLE_MS = 4000;
const MOST_HEADER_BYTES = 16 * 1024;
/** Above so many origins, those that are not in use are closed. */
const MANY_POOLS = 256;

/** The sockets to one origin; `connects` counts those that were opened. */
export class OriginSockets {
  readonly pool: Pool;
  connects = 0;

  constructor(pool: Pool) {
    this.pool = pool;
    pool.on('connect', () => this.connects++);
  }
}

export class Sockets {
  readonly #pools = new Map<string, OriginSockets>();
  #ownPorts: ReadonlySet<number> = new Set();
  readonly #extraAuthorities: readonly string[];

  /** `extraAuthorities`: certificates (PEM) that are trusted beside those that Node ships with. */
  constructor(extraAuthorities: readonly string[] = []) {
    this.#extraAuthorities = extraAuthorities;
  }

  /** Ports of this machine that are never called: our own server's. */
  setOwnPorts(ports: readonly number[]): void {
    this.#ownPorts = new Set(ports);
  }

  to(options: SocketOptions): OriginSockets {
    const key = `${options.origin} ${String(options.connectMs)} ${options.isDeclaredHost ? 'd' : 'o'}`;
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    if (this.#pools.size >= MANY_POOLS) this.#closeIdle();
    const sockets = new OriginSockets(this.#createPool(options));
    this.#pools.set(key, sockets);
    return sockets;
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.destroy()));
  }

  #closeIdle(): void {
    for (const [key, { pool }] of this.#pools) {
      if (pool.stats.size > 0) continue;
      this.#pools.delete(key);
      void pool.close();
    }
  }

  #createPool({ origin, connectMs, isDeclaredHost }: SocketOptions): Pool {
    const policy = (): AddressPolicy => ({ isDeclaredHost, ownPorts: this.#ownPorts });
    const port = portOf(origin);
    const connector = buildConnector({
      // Ours fires first and names the setting; this one frees the socket.
      timeout: connectMs + 1000,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
      lookup: checkedLookup(port, policy),
      // Said explicitly, or NODE_TLS_REJECT_UNAUTHORIZED=0 would switch it off.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(this.#extraAuthorities.length === 0
        ? {}
        : { ca: [...rootCertificates, ...this.#extraAuthorities] }),
    });
    return new Pool(origin, {
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MOST_HEADER_BYTES,
      connect: (target, callback) => {
        const refusal = refuseTarget(target.hostname, port, policy());
        if (refusal === null) connector(target, callback);
        else callback(new AddressRefused(refusal), null);
      },
    });
  }
}

function portOf(origin: string): number {
  const { port, protocol } = new URL(origin);
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

/** Names are checked by name here and by address in the look-up; a literal address is not looked up by Node. */
function refuseTarget(hostname: string, port: number, policy: AddressPolicy): string | null {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? refuseHost(host) : refuseAddress(host, port, policy);
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

function checkedLookup(port: number, policy: () => AddressPolicy) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const allowed = addresses.filter(
        ({ address }) => refuseAddress(address, port, policy()) === null,
      );
      const [first] = allowed;
      if (first === undefined) callback(refusalOf(addresses, port, policy()), []);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function refusalOf(
  addresses: readonly LookupAddress[],
  port: number,
  policy: AddressPolicy,
): AddressRefused {
  const reasons = addresses.map(({ address }) => refuseAddress(address, port, policy));
  return new AddressRefused(reasons[0] ?? 'its name has no address');
}
