import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { buildConnector, Pool, ProxyAgent, type Dispatcher } from 'undici';
import { say, type Sentence } from '../../../../shared/sentences.ts';
import { refuseAddress, refuseHost, type AddressPolicy } from '../addresses.ts';
import { AddressRefused } from '../errors.ts';
import { proxyFor, type Environment } from './proxy.ts';

/**
 * Sockets, kept alive and shared by all jobs that call an origin in the same way. The address that is checked is the
 * address that is connected: the check sits in the very look-up that the connection uses, so that a name cannot
 * change its mind in between.
 */
export interface SocketOptions {
  readonly origin: string;
  readonly connectMs: number;
  readonly isDeclaredHost: boolean;
  /** Certificates (PEM) that are trusted beside those that Node ships with; null = none. */
  readonly authority: Authority | null;
}

export interface Authority {
  readonly pem: string;
  /** Same name = same certificates. */
  readonly name: string;
}

/** Addresses of other machines answer within two seconds or the next one of the name is tried. */
const NEXT_ADDRESS_AFTER_MS = 2000;
const IDLE_MS = 4000;
const MOST_HEADER_BYTES = 16 * 1024;
/** Above so many origins, those that are not in use are closed. */
const MANY_ORIGINS = 256;

/** The sockets to one origin. */
export class OriginSockets {
  readonly dispatcher: Dispatcher;
  /** How many were opened so far. */
  connects = 0;
  /** Requests under way. */
  inUse = 0;

  constructor(dispatcher: Dispatcher) {
    this.dispatcher = dispatcher;
    dispatcher.on('connect', () => this.connects++);
  }
}

export class Sockets {
  readonly #byKey = new Map<string, OriginSockets>();
  readonly #environment: Environment;
  readonly #lookup: Lookup;
  #ownPorts: ReadonlySet<number> = new Set();

  /** `lookup` finds the addresses of a name. */
  constructor(environment: Environment, lookup: Lookup = systemLookup) {
    this.#environment = environment;
    this.#lookup = lookup;
  }

  /** Ports of this machine that are never called: our own server's. */
  setOwnPorts(ports: readonly number[]): void {
    this.#ownPorts = new Set(ports);
  }

  to(options: SocketOptions): OriginSockets {
    const { origin, connectMs, isDeclaredHost, authority } = options;
    const key = `${origin} ${String(connectMs)} ${isDeclaredHost ? 'd' : 'o'} ${authority?.name ?? ''}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#byKey.size >= MANY_ORIGINS) this.#closeIdle();
    const proxy = proxyFor(new URL(origin), this.#environment);
    const sockets = new OriginSockets(
      proxy === null ? this.#direct(options) : this.#throughProxy(options, proxy),
    );
    this.#byKey.set(key, sockets);
    return sockets;
  }

  async close(): Promise<void> {
    const all = [...this.#byKey.values()];
    this.#byKey.clear();
    await Promise.all(all.map(({ dispatcher }) => dispatcher.destroy()));
  }

  #closeIdle(): void {
    for (const [key, { dispatcher, inUse }] of this.#byKey) {
      if (inUse > 0) continue;
      this.#byKey.delete(key);
      void dispatcher.close();
    }
  }

  #direct({ origin, connectMs, isDeclaredHost, authority }: SocketOptions): Dispatcher {
    const policy = (): AddressPolicy => ({ isDeclaredHost, ownPorts: this.#ownPorts });
    const port = portOf(origin);
    const connector = buildConnector({
      // Ours fires first and names the setting; this one frees the socket.
      timeout: connectMs + 1000,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
      lookup: checkedLookup(port, policy, this.#lookup),
      ...tlsOptions(authority),
    });
    return new Pool(origin, {
      ...POOL_OPTIONS,
      connect: (target, callback) => {
        const refusal = refuseTarget(target.hostname, port, policy());
        if (refusal === null) connector(target, callback);
        else callback(new AddressRefused(refusal), null);
      },
    });
  }

  /** The proxy looks names up, so only names and literal addresses can be checked. */
  #throughProxy(
    { origin, connectMs, isDeclaredHost, authority }: SocketOptions,
    uri: string,
  ): Dispatcher {
    const policy = { isDeclaredHost, ownPorts: this.#ownPorts };
    const refusal = refuseTarget(new URL(origin).hostname, portOf(origin), policy);
    if (refusal !== null)
      return new Pool(origin, {
        connect: (_target, callback) => callback(new AddressRefused(refusal), null),
      });
    const timeout = connectMs + 1000;
    return new ProxyAgent({
      ...POOL_OPTIONS,
      uri,
      // Many proxies open tunnels for https alone.
      proxyTunnel: origin.startsWith('https:'),
      requestTls: { timeout, ...tlsOptions(authority) },
      proxyTls: { timeout, ...tlsOptions(authority) },
    });
  }
}

/** Limits are kept by `Exchange`; undici's own are switched off. */
const POOL_OPTIONS = {
  pipelining: 1,
  keepAliveTimeout: IDLE_MS,
  headersTimeout: 0,
  bodyTimeout: 0,
  maxHeaderSize: MOST_HEADER_BYTES,
};

function tlsOptions(authority: Authority | null) {
  return {
    // Said explicitly, or NODE_TLS_REJECT_UNAUTHORIZED=0 would switch it off.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ...(authority === null ? {} : { ca: [...rootCertificates, authority.pem] }),
  };
}

function portOf(origin: string): number {
  const { port, protocol } = new URL(origin);
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

/** Names are checked by name here and by address in the look-up; a literal address is not looked up by Node. */
function refuseTarget(hostname: string, port: number, policy: AddressPolicy): Sentence | null {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? refuseHost(host) : refuseAddress(host, port, policy);
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

type Lookup = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

function checkedLookup(port: number, policy: () => AddressPolicy, lookup: Lookup) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const rules = policy();
      const allowed = addresses.filter(
        ({ address }) => refuseAddress(address, port, rules) === null,
      );
      const [first] = allowed;
      if (first === undefined) callback(refusalOf(addresses, port, rules), []);
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
  return new AddressRefused(reasons[0] ?? say('addressNone'));
}
