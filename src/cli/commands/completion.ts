import { ExitCode } from '../base/failure';
import { fixedChoice } from '../command-line/choices';
import type { Command, Context } from '../command-line/command';
import { completionScript } from '../command-line/completion';
import { SHELLS } from '../command-line/completion-words';

/**
 * The command that prints the completion script of a shell.
 *
 * @param commands All commands, this one included. They are loaded when the command runs.
 */
export function completion(commands: ReadonlyMap<string, () => Command>): Command {
  return {
    name: 'completion',
    summary: 'print the script with which a shell completes commands and options',
    operands: [SHELLS.join('|')],
    required: 1,
    description: [
      'The script holds all commands, options and fixed values. Completion starts no program and contacts no server. Print the script again after an update.',
      '',
      'Shells complete the program name cdk8s-ci-deploy, not npx cdk8s-ci-deploy. Install the package globally, or define an alias.',
    ],
    examples: [
      { line: 'cdk8s-ci-deploy completion bash > ~/.cdk8s-ci-deploy.bash', does: 'Complete in bash, with `source ~/.cdk8s-ci-deploy.bash` in ~/.bashrc' },
      { line: 'cdk8s-ci-deploy completion zsh > ~/.zfunc/_cdk8s-ci-deploy', does: 'Complete in zsh, with ~/.zfunc in fpath before compinit' },
      { line: 'cdk8s-ci-deploy completion fish | source', does: 'Complete in fish, in ~/.config/fish/config.fish' },
    ],
    options: new Map(),
    exitCodes: new Map([[ExitCode.DONE, 'done'], [ExitCode.NO, 'the script cannot be written'], [ExitCode.USAGE, 'wrong usage']]),

    async run({ args, stdout }: Context): Promise<ExitCode> {
      const shell = fixedChoice('completion', args.operands[0] ?? '', SHELLS);
      stdout.write(completionScript(shell, [...commands.values()].map((load) => load())));
      return ExitCode.DONE;
    },
  };
}
