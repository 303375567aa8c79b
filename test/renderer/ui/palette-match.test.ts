import { describe, expect, it } from 'vitest';
import { matchingGroups, type PaletteGroup } from '../../../src/renderer/ui/palette-match.ts';

const group = (title: string, ...labels: string[]): PaletteGroup => ({
  title,
  commands: labels.map((label) => ({ id: label, label, act: () => undefined })),
});
const labels = (groups: readonly PaletteGroup[]) =>
  groups.flatMap(({ commands }) => commands.map(({ label }) => label));

describe('matchingGroups', () => {
  const groups = [group('Screens', 'Home', 'Execuções'), group('Jobs', 'Run Home now', 'Cafés')];

  it('offers everything while nothing is typed', () => {
    expect(labels(matchingGroups(groups, ' '))).toHaveLength(4);
  });

  it('wants every word, whatever the case, the accents and the order', () => {
    expect(labels(matchingGroups(groups, 'EXECUCOES'))).toEqual(['Execuções']);
    expect(labels(matchingGroups(groups, 'now home'))).toEqual(['Run Home now']);
  });

  it('puts labels that begin with the text first and leaves empty groups out', () => {
    const [first, ...rest] = matchingGroups([group('Jobs', 'Big job', 'Job one')], 'job');
    expect(labels([first!])).toEqual(['Job one', 'Big job']);
    expect(rest).toEqual([]);
  });
});
