import { describe, expect, it } from 'vitest';
import { refuseAddress, refuseHost } from '../../../../src/main/engine/consumer/addresses.ts';

const declared = { isDeclaredHost: true, ownPorts: new Set([8085]) };
const other = { ...declared, isDeclaredHost: false };

describe('an address', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
  ])('%s is refused even where the person wrote it', (ip) => {
    expect(refuseAddress(ip, 80, declared)?.message).toMatch(/link-local or metadata/);
  });

  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    'fd12:3456::1',
    '::ffff:10.0.0.1',
    '64:ff9b::10.0.0.1',
  ])('%s is allowed only where the person wrote it', (ip) => {
    expect(refuseAddress(ip, 80, declared)).toBeNull();
    expect(refuseAddress(ip, 80, other)).not.toBeNull();
  });

  it.each(['93.184.216.34', '172.32.0.1', '2606:2800:220:1::1', '::ffff:8.8.8.8', '100.128.0.1'])(
    '%s is allowed',
    (ip) => {
      expect(refuseAddress(ip, 443, other)).toBeNull();
    },
  );

  it.each(['127.0.0.1', '127.0.0.9', '::1', '0.0.0.0', '::ffff:127.0.0.1'])(
    '%s with our own port is refused always',
    (ip) => {
      expect(refuseAddress(ip, 8085, declared)?.message).toContain('Pontual itself');
      expect(refuseAddress(ip, 8086, declared)).toBeNull();
    },
  );
});

describe('a host name', () => {
  it.each(['metadata.google.internal', 'METADATA.google.internal.', 'metadata', 'instance-data'])(
    '%s is refused before it is looked up',
    (name) => {
      expect(refuseHost(name)).not.toBeNull();
    },
  );

  it.each(['api.example.com', 'localhost', 'metadata.example.com'])(
    '%s may be looked up',
    (name) => {
      expect(refuseHost(name)).toBeNull();
    },
  );
});
