/**
 * `completions`: what a shell needs to complete the command line.
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
  does: "prints the completions for a shell",
  usage: ["bash|zsh|fish"],
  about: [
    'bash: eval "$(airflow-task-runtime completions bash)" in ~/.bashrc\n' +
    "zsh:  airflow-task-runtime completions zsh >_airflow-task-runtime in a folder of fpath\n" +
    "fish: airflow-task-runtime completions fish | source in ~/.config/fish/config.fish",
  ],
  line: LINE,
  exitCodes: "0 printed",
});

/** Makes the command that prints the completions of these commands and of the program's options. */
export function completionsCommand(commands: CommandTable, flags: readonly Option[]): Command {
  return {
    summary: "prints completions for bash, zsh or fish",
    help: HELP,
    line: LINE,
    async run(args) {
      const [wanted = ""] = parseOptions(NAME, args, LINE).positionals;
      const shell = Object.entries(SHELLS).find(([name]) => name === wanted);
      if (shell === undefined) {
        throw new UsageError(
          NAME,
          `there are completions for ${Object.keys(SHELLS).join(", ")}, not for ${wanted}`,
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
