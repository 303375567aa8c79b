import { BlockList, isIP } from 'node:net';
import { say, type Sentence } from '../../../shared/sentences.ts';

/**
 * Where requests may go. Link-local addresses and the metadata services of clouds are refused always, and so are our
 * own ports on this machine; loopback and private addresses are allowed only on the host that the person wrote.
 */
export interface AddressPolicy {
  /** The host belongs to the address that the person declared. */
  readonly isDeclaredHost: boolean;
  readonly ownPorts: ReadonlySet<number>;
}

const METADATA_NAMES = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

const never = blockList({
  subnets: [
    ['169.254.0.0', 16],
    ['fe80::', 10],
    ['224.0.0.0', 4],
    ['ff00::', 8],
    ['255.255.255.255', 32],
  ],
  // Metadata services outside the link-local range: AWS (IPv6), Alibaba, Azure, Oracle.
  addresses: ['fd00:ec2::254', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
});

const loopback = blockList({
  subnets: [
    ['127.0.0.0', 8],
    // Connecting to the unspecified address reaches this machine.
    ['0.0.0.0', 8],
  ],
  addresses: ['::1', '::'],
});

const inner = blockList({
  subnets: [
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['100.64.0.0', 10],
    ['198.18.0.0', 15],
    ['192.0.0.0', 24],
    ['240.0.0.0', 4],
    ['fc00::', 7],
    ['fec0::', 10],
  ],
  addresses: [],
});

interface Ranges {
  readonly subnets: readonly (readonly [string, number])[];
  readonly addresses: readonly string[];
}

function blockList({ subnets, addresses }: Ranges): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family(net));
  for (const address of addresses) list.addAddress(address, family(address));
  return list;
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Why a host name must not be asked for at all; null = it may be looked up. */
export function refuseHost(hostname: string): Sentence | null {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return METADATA_NAMES.has(name) ? say('addressMetadata', { name }) : null;
}

/** Why a resolved address must not be connected to; null = it may. Checked on the very address that is connected. */
export function refuseAddress(ip: string, port: number, policy: AddressPolicy): Sentence | null {
  const address = embeddedIpv4(ip) ?? ip;
  const kind = family(address);
  if (never.check(address, kind)) return say('addressLinkLocal', { ip });
  const isLoopback = loopback.check(address, kind);
  if (isLoopback && policy.ownPorts.has(port))
    return say('addressOurs', { ip, port: String(port) });
  if (policy.isDeclaredHost) return null;
  if (isLoopback) return say('addressThisMachine', { ip });
  return inner.check(address, kind) ? say('addressPrivate', { ip }) : null;
}

/** The IPv4 address inside an IPv4-mapped, IPv4-compatible or NAT64 address, else null. */
function embeddedIpv4(ip: string): string | null {
  if (isIP(ip) !== 6) return null;
  const groups = expand(ip);
  const head = groups.slice(0, 6).join(':');
  const isEmbedded = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0', '0:0:0:0:0:0'].includes(head);
  const [high = 0, low = 0] = groups.slice(6).map((group) => parseInt(group, 16));
  if (!isEmbedded || (head === '0:0:0:0:0:0' && high === 0)) return null;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of an IPv6 address without leading zeros. */
function expand(ip: string): string[] {
  const address = ip.replace(/%.*$/, '').toLowerCase();
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const [, lead = '', a = '', b = '', c = '', d = ''] = dotted ?? [];
  const hex = (x: string, y: string) => ((Number(x) << 8) | Number(y)).toString(16);
  const plain = dotted ? `${lead}${hex(a, b)}:${hex(c, d)}` : address;
  const [left = '', right] = plain.split('::');
  const split = (part: string) => (part === '' ? [] : part.split(':'));
  const start = split(left);
  const end = right === undefined ? [] : split(right);
  const zeros = new Array<string>(Math.max(8 - start.length - end.length, 0)).fill('0');
  return [...start, ...zeros, ...end].map((group) => parseInt(group, 16).toString(16));
}
