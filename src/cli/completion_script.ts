/**
 * ShellCompletion scripts for shells, generated from the options of the commands.
 *
 * @module
 */
import type { Option, ShellCompletion } from "./command_line.ts";

/** A command with its completions. */
export interface CompletedCommand {
  /** Its name. */
  readonly name: string;
  /** Its purpose, in one line. */
  readonly summary: string;
  /** Its options, including `--help`. */
  readonly options: readonly Option[];
  /** The completions for its positional arguments; files by default. */
  readonly complete?: ShellCompletion;
}

/** Writes the completion script of a program. */
export type ScriptWriter = (
  program: string,
  commands: readonly CompletedCommand[],
  flags: readonly Option[],
) => string;

/** The script writers by shell. */
export const SHELLS: Readonly<Record<"bash" | "zsh" | "fish", ScriptWriter>> = {
  bash: writeBash,
  zsh: writeZsh,
  fish: writeFish,
};

function writeBash(
  program: string,
  commands: readonly CompletedCommand[],
  flags: readonly Option[],
): string {
  const name = functionName(program);
  const first = [
    ...commands.map((command) => command.name),
    ...flags.map(({ name }) => `--${name}`),
  ];
  return `# bash completion for ${program}; source this file.

${name}_propose() {
  case $1 in
    file | folder)
      compopt -o filenames 2>/dev/null
      [ "$1" = file ] && set -- -f "$2" || set -- -d "$2"
      mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
      ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2") ;;
  esac
}

${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${name}_propose "${first.join(" ")}" "$current"
    return
  fi
  # bash splits --form=node into three words.
  if [ "$current" = = ]; then
    current=
  elif [ "$previous" = = ]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case \${COMP_WORDS[1]} in
${commands.map((command) => bashCommand(name, command)).join("")}  esac
}

complete -F ${name} ${program}
`;
}

function bashCommand(name: string, { name: command, options, complete }: CompletedCommand): string {
  const values = options.filter(({ value }) => value !== undefined).map((option) =>
    `        --${option.name}) ${name}_propose "${bashWords(option.complete)}" "$current" ;;\n`
  );
  return `    ${command})
      case $previous in
${values.join("")}        *)
          case $current in
            -*) ${name}_propose "${
    options.map((option) => `--${option.name}`).join(" ")
  }" "$current" ;;
            *) ${name}_propose "${bashWords(complete)}" "$current" ;;
          esac
          ;;
      esac
      ;;
`;
}

function bashWords(complete: ShellCompletion = "file"): string {
  return typeof complete === "string" ? complete : complete.join(" ");
}

function writeZsh(
  program: string,
  commands: readonly CompletedCommand[],
  flags: readonly Option[],
): string {
  const described = commands.map(({ name, summary }) =>
    `    ${quote(`${name}:${summary.replaceAll(":", "\\:")}`)}`
  );
  return `#compdef ${program}
# zsh completion for ${program}: save it as _${program} in a folder of fpath, or source it.

_${program}() {
  local -a commands flags
  commands=(
${described.join("\n")}
  )
  flags=(${flags.map(({ name, about }) => quote(`--${name}:${zshText(about)}`)).join(" ")})
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    _describe -o -t options option flags
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(zshCommand).join("")}  esac
}

if [ "$funcstack[1]" = "_${program}" ]; then
  _${program} "$@"
else
  compdef _${program} ${program}
fi
`;
}

function zshCommand({ name, options, complete }: CompletedCommand): string {
  const specs = options.map((option) => {
    const head = `${option.repeatable === true ? "*" : ""}--${option.name}`;
    const about = `[${zshText(option.about)}]`;
    return option.value === undefined
      ? quote(`${head}${about}`)
      : quote(`${head}=${about}:${option.value}:${zshAction(option.complete)}`);
  });
  const argument = quote(`*:argument:${zshAction(complete)}`);
  return `    ${name})\n      _arguments \\\n${
    [...specs, argument].map((spec) => `        ${spec}`).join(" \\\n")
  }\n      ;;\n`;
}

function zshAction(complete: ShellCompletion = "file"): string {
  if (complete === "file") return "_files";
  if (complete === "folder") return "_files -/";
  return complete.length === 0 ? " " : `(${complete.join(" ")})`;
}

/** Escapes brackets and colons for `[…]` in a spec. */
function zshText(about: string): string {
  return brief(about).replaceAll(/[[\]:\\]/g, "\\$&");
}

function writeFish(
  program: string,
  commands: readonly CompletedCommand[],
  flags: readonly Option[],
): string {
  const line = (rest: string): string => `complete -c ${program} ${rest}\n`;
  const top = flags.map(({ name, about }) =>
    line(`-n __fish_use_subcommand -l ${name} -d ${quote(brief(about))}`)
  );
  const each = commands.map(({ name, summary, options, complete }) => {
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    return line(`-n __fish_use_subcommand -a ${name} -d ${quote(summary)}`) +
      line(`${within} ${fishArgument(complete)}`) +
      options.map((option) => {
        const takes = option.value === undefined ? "" : ` ${fishValue(option.complete)}`;
        return line(`${within} -l ${option.name}${takes} -d ${quote(brief(option.about))}`);
      }).join("");
  });
  return `# fish completion for ${program}: save it in ~/.config/fish/completions/, or source it.\n\n` +
    line("-f") + top.join("") + each.join("");
}

function fishArgument(complete: ShellCompletion = "file"): string {
  if (complete === "file") return "-F";
  if (complete === "folder") return `-a '(__fish_complete_directories)'`;
  return `-a ${quote(complete.join(" "))}`;
}

function fishValue(complete: ShellCompletion = "file"): string {
  return complete === "file" ? "-r -F" : `-x ${fishArgument(complete)}`;
}

/** Returns the first clause of a description. */
function brief(about: string): string {
  return about.split(/[;\n]|\. /, 1)[0] ?? about;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function functionName(program: string): string {
  return `_${program.replaceAll("-", "_")}`;
}
