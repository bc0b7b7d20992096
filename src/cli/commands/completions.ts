/**
 * `completions`: prints a completion script.
 *
 * @module
 */
import {
  type Command,
  type CommandLine,
  type CommandTable,
  HELP_OPTION,
  type Option,
  parseOptions,
  PROGRAM,
  UsageError,
  writeHelp,
} from "../command_line.ts";
import { SHELLS } from "../completion_script.ts";
import { print } from "../terminal.ts";

const NAME = "airflow-task-runtime completions";

const LINE: CommandLine = { options: [], positionals: [1, 1], complete: Object.keys(SHELLS) };

const HELP = writeHelp({
  name: NAME,
  does: "print a completion script for a shell",
  usage: ["bash|zsh|fish"],
  about: [
    'bash: eval "$(airflow-task-runtime completions bash)" in ~/.bashrc\n' +
    "zsh:  airflow-task-runtime completions zsh >_airflow-task-runtime in a folder of fpath\n" +
    "fish: airflow-task-runtime completions fish | source in ~/.config/fish/config.fish",
  ],
  line: LINE,
  exitCodes: "0 success",
});

/** Returns the command `completions` for these commands and options. */
export function completionsCommand(commands: CommandTable, flags: readonly Option[]): Command {
  return {
    summary: "print completions for bash, zsh or fish",
    help: HELP,
    line: LINE,
    async run(args) {
      const [wanted = ""] = parseOptions(NAME, args, LINE).positionals;
      const shell = Object.entries(SHELLS).find(([name]) => name === wanted);
      if (shell === undefined) {
        throw new UsageError(
          NAME,
          `the shell must be one of ${Object.keys(SHELLS).join(", ")}, got ${wanted}`,
        );
      }
      const completed = await Promise.all(
        Object.entries(commands).map(async ([name, load]) => {
          const { summary, line } = await load();
          const { complete } = line;
          return {
            name,
            summary,
            options: [...line.options, HELP_OPTION],
            ...(complete === undefined ? {} : { complete }),
          };
        }),
      );
      print(shell[1](PROGRAM, completed, flags));
      return 0;
    },
  };
}
