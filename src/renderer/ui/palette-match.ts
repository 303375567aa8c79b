import { plainText } from './text-match.ts';

export interface PaletteCommand {
  readonly id: string;
  readonly label: string;
  readonly act: () => void;
}

export interface PaletteGroup {
  readonly title: string;
  readonly commands: readonly PaletteCommand[];
}

/**
 * The commands whose label has every typed word, labels that begin with the text first; groups without any are left
 * out.
 */
export function matchingGroups(groups: readonly PaletteGroup[], typed: string): PaletteGroup[] {
  const text = plainText(typed.trim());
  const words = text.split(/\s+/).filter(Boolean);
  return groups.flatMap(({ title, commands }) => {
    const matching = commands.filter(({ label }) => {
      const plain = plainText(label);
      return words.every((word) => plain.includes(word));
    });
    const first = matching.filter(({ label }) => plainText(label).startsWith(text));
    const ordered = [...first, ...matching.filter((command) => !first.includes(command))];
    return ordered.length === 0 ? [] : [{ title, commands: ordered }];
  });
}
