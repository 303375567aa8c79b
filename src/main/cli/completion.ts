import type { Command, Option } from 'commander';

/** Completion for shells, made from the commands themselves. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Flag {
  readonly name: string;
  /** What may follow it; empty: nothing, or something that only the person knows. */
  readonly values: readonly string[];
  readonly takesValue: boolean;
}

interface Completed {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly Flag[];
}

export function completionScript(shell: Shell, program: Command): string {
  const shared = flagsOf(program);
  const commands = program.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    flags: [...flagsOf(command), ...shared],
  }));
  if (shell === 'fish') return fishScript(program.name(), commands);
  const bash = bashScript(program.name(), commands, shared);
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

function bashScript(name: string, commands: readonly Completed[], shared: readonly Flag[]): string {
  const namesOf = (list: readonly { readonly name: string }[]) =>
    list.map((one) => one.name).join(' ');
  return [
    `_${name}() {`,
    '  local words word command="" before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    `    case " ${namesOf(commands)} " in *" $word "*) command=$word; break ;; esac`,
    '  done',
    '  case "$command" in',
    ...commands.map((one) => `    ${one.name}) words="${namesOf(one.flags)}" ;;`),
    `    *) words="${namesOf(commands)} ${namesOf(shared)}" ;;`,
    '  esac',
    '  case "$command $before" in',
    ...commands.flatMap(({ name: command, flags }) =>
      flags
        .filter(({ values }) => values.length > 0)
        .map((flag) => `    "${command} ${flag.name}") words="${flag.values.join(' ')}" ;;`),
    ),
    `    "completion completion") words="${SHELLS.join(' ')}" ;;`,
    // A name or a file, which the shell completes as it does elsewhere.
    ...freeFlags(commands).map((flag) => `    *" ${flag}") words="" ;;`),
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    `complete -o default -F _${name} ${name}`,
    '',
  ].join('\n');
}

/** Flags after which nothing of ours can follow, whatever the command. */
function freeFlags(commands: readonly Completed[]): string[] {
  const free = commands.flatMap(({ flags }) =>
    flags.filter(({ takesValue, values }) => takesValue && values.length === 0),
  );
  return [...new Set(free.map((flag) => flag.name))];
}

function fishScript(name: string, commands: readonly Completed[]): string {
  return [
    `complete -c ${name} -f`,
    ...commands.map(
      (one) =>
        `complete -c ${name} -n __fish_use_subcommand -a ${one.name} -d ${quoted(one.about)}`,
    ),
    ...commands.flatMap((one) => one.flags.map((flag) => fishFlag(name, one.name, flag))),
    `complete -c ${name} -n '__fish_seen_subcommand_from completion' -a '${SHELLS.join(' ')}'`,
    // A document is a file.
    `complete -c ${name} -n '__fish_seen_subcommand_from import' -F`,
    '',
  ].join('\n');
}

function fishFlag(name: string, command: string, { name: flag, values, takesValue }: Flag): string {
  const line = `complete -c ${name} -n '__fish_seen_subcommand_from ${command}' -l ${flag.slice(2)}`;
  if (values.length > 0) return `${line} -x -a '${values.join(' ')}'`;
  return takesValue ? `${line} -r -F` : line;
}

function flagsOf(command: Command): Flag[] {
  return command.options.flatMap((option: Option) =>
    option.long
      ? [
          {
            name: option.long,
            values: option.argChoices ?? [],
            takesValue: option.required || option.optional,
          },
        ]
      : [],
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
