import { expect, it } from 'vitest';
import { MachineZone } from '../../../../src/main/engine/scheduler/machine-zone.ts';

function setup() {
  const machine = { zone: 'America/Sao_Paulo', asked: 0 };
  const zone = new MachineZone(() => {
    machine.asked += 1;
    return machine.zone;
  });
  zone.hasChanged(0, true);
  return { machine, zone };
}

it('is asked for every 30 seconds, not at each look', () => {
  const { machine, zone } = setup();
  expect(zone.hasChanged(29_999, false)).toBe(false);
  expect(machine.asked).toBe(1);
  expect(zone.hasChanged(30_000, false)).toBe(false);
  expect(machine.asked).toBe(2);
});

it('has changed once when the machine was moved', () => {
  const { machine, zone } = setup();
  machine.zone = 'Asia/Tokyo';
  expect(zone.hasChanged(1000, false)).toBe(false);
  expect(zone.name).toBe('America/Sao_Paulo');
  expect(zone.hasChanged(30_000, false)).toBe(true);
  expect(zone.name).toBe('Asia/Tokyo');
  expect(zone.hasChanged(60_000, false)).toBe(false);
});

it('is asked for at once when the clock jumped, and after somebody forgot it', () => {
  const { machine, zone } = setup();
  machine.zone = 'Asia/Tokyo';
  expect(zone.hasChanged(1, true)).toBe(true);
  machine.zone = 'UTC';
  zone.forget();
  expect(zone.hasChanged(2, false)).toBe(true);
});
