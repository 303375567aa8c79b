import type { DataRecord, QuarantineItem, RecordVersion } from '../../../src/shared/record.ts';
import { seeded } from './seeded.ts';

const NAMES = [
  'Bitcoin',
  'Ether',
  'Solana',
  'Cardano',
  'Polkadot',
  'Litecoin',
  'Monero',
  'Stellar',
];
const DAY = 86_400_000;

/** Last changed first, as the list gives them. */
export function fakeRecords(now: number, runIds: readonly string[]): DataRecord[] {
  const random = seeded(11);
  return Array.from({ length: 640 }, (_, index) => {
    const isCoin = index % 2 === 0;
    const changed = now - index * 47_000;
    const draw = random();
    const change = draw > 0.97 ? 'vanished' : draw > 0.8 ? 'new' : 'changed';
    const number = 640 - index;
    return {
      integrationId: isCoin ? 'coins' : 'weather',
      key: isCoin ? String(number) : `ST${number}`,
      data: isCoin ? coin(number, random) : station(number, random),
      hash: `h${index}`,
      version: change === 'new' ? 1 : 2 + Math.floor(random() * 9),
      change,
      firstSeenAt: new Date(now - 30 * DAY - index * 1000).toISOString(),
      lastSeenAt: new Date(now - 20_000).toISOString(),
      changedAt: new Date(changed).toISOString(),
      vanishedAt: change === 'vanished' ? new Date(changed).toISOString() : null,
      runId: runIds[index % Math.max(1, runIds.length)] ?? 'run',
    };
  });
}

function coin(id: number, random: () => number) {
  return {
    id,
    name: `${NAMES[id % NAMES.length] ?? 'Coin'} ${id}`,
    symbol: `C${id}`,
    price: Math.round(random() * 5_000_000) / 100,
    volume: Math.round(random() * 1e9),
    active: id % 9 !== 0,
    updated_at: '2026-11-20T12:00:00Z',
    platform: { name: 'main', decimals: 8 },
    tags: ['layer-1', 'pow'],
  };
}

function station(id: number, random: () => number) {
  return {
    code: `ST${id}`,
    city: id % 2 ? 'São Paulo' : 'Recife',
    temperature: Math.round(random() * 400) / 10,
    humidity: Math.round(random() * 100),
    wind: null,
  };
}

export function fakeVersions(record: DataRecord): RecordVersion[] {
  const random = seeded(record.key.length + record.version);
  const data = record.data as Record<string, number | string>;
  const at = Date.parse(record.changedAt);
  return Array.from({ length: record.version }, (_, index) => ({
    version: record.version - index,
    data:
      index === 0
        ? record.data
        : 'price' in data
          ? { ...data, price: Math.round(random() * 5_000_000) / 100 }
          : { ...data, temperature: Math.round(random() * 400) / 10 },
    changedFields:
      record.version - index === 1 ? [] : 'price' in data ? ['price'] : ['temperature'],
    at: new Date(at - index * 3_600_000).toISOString(),
    runId: record.runId,
  }));
}

export function fakeQuarantine(now: number, runIds: readonly string[]): QuarantineItem[] {
  return Array.from({ length: 44 }, (_, index) => {
    const isPrice = index % 3 !== 0;
    return {
      id: `q${String(index).padStart(4, '0')}`,
      integrationId: index % 5 === 0 ? 'weather' : 'coins',
      runId: runIds[index % Math.max(1, runIds.length)] ?? 'run',
      page: 1 + (index % 3),
      reason: isPrice ? 'schema' : 'key',
      rule: isPrice ? 'type' : 'required',
      field: isPrice ? 'price' : 'id',
      value: isPrice ? 'n/a' : null,
      raw: { id: isPrice ? index : null, name: `Broken ${index}`, price: 'n/a' },
      seen: 1 + (index % 7),
      firstSeenAt: new Date(now - DAY - index * 60_000).toISOString(),
      lastSeenAt: new Date(now - index * 60_000).toISOString(),
    };
  });
}
