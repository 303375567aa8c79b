import type { Command } from 'commander';

/** Completion for shells, made from the commands themselves. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, program: Command): string {
  const name = program.name();
  const shared = flagsOf(program);
  const commands = program.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    flags: [...flagsOf(command), ...shared],
  }));
  if (shell === 'fish')
    return [
      `complete -c ${name} -f`,
      ...commands.map(
        (one) =>
          `complete -c ${name} -n __fish_use_subcommand -a ${one.name} -d ${quoted(one.about)}`,
      ),
      ...commands.flatMap((one) =>
        one.flags.map(
          (flag) =>
            `complete -c ${name} -n '__fish_seen_subcommand_from ${one.name}' -l ${flag.slice(2)}`,
        ),
      ),
      '',
    ].join('\n');
  const cases = commands.map((one) => `    ${one.name}) words="${one.flags.join(' ')}" ;;`);
  const bash = [
    `_${name}() {`,
    '  local words word command=""',
    `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
    `    case " ${commands.map((one) => one.name).join(' ')} " in *" $word "*) command=$word; break ;; esac`,
    '  done',
    '  case "$command" in',
    ...cases,
    `    *) words="${[...commands.map((one) => one.name), ...shared].join(' ')}" ;;`,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    `complete -o default -F _${name} ${name}`,
    '',
  ].join('\n');
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

function flagsOf(command: Command): string[] {
  return command.options.flatMap(({ long }) => (long ? [long] : []));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
