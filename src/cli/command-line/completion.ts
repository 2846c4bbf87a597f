import type { Command } from './command';
import { CompletedCommand, CompletedOption, completedCommands, CompletedValue, PROGRAM_OPTIONS, Shell } from './completion-words';

/** What the user types to start the command. */
const PROGRAM = 'cdk8s-ci-deploy';

/**
 * The script that teaches a shell to complete the command. It has all words in it: completion starts no program and contacts no server.
 */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  return { bash, zsh, fish }[shell](completedCommands(commands));
}

function flagsOf({ name, letter }: CompletedOption): string[] {
  return [`--${name}`, ...letter === undefined ? [] : [`-${letter}`]];
}

function hasWords({ words, areFiles }: CompletedValue): boolean {
  return areFiles || words.length > 0;
}

/** bash 3.2, which macOS has, and newer. bash splits `--option=value` into three words. */
function bash(commands: readonly CompletedCommand[]): string {
  return `# bash completion for ${PROGRAM}
_cdk8s_ci_deploy_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

_cdk8s_ci_deploy_files() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$cur"))
  compopt -o filenames 2>/dev/null
}

_cdk8s_ci_deploy() {
  local cur=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    _cdk8s_ci_deploy_words "${[...commands.map(({ name }) => name), ...PROGRAM_OPTIONS.keys()].join(' ')}"
    return
  fi
  if [[ $cur == = ]]; then cur=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case "$command $previous" in
${commands.flatMap(({ name, options }) => options.flatMap((option) => bashValue(name, option))).join('\n')}
  esac
  case "$command $cur" in
${commands.map(({ name, options }) => `    '${name} -'*) _cdk8s_ci_deploy_words "${options.flatMap(flagsOf).join(' ')}" ;;`).join('\n')}
${commands.filter(({ operands }) => hasWords(operands)).map(({ name, operands }) => `    '${name} '*) ${bashWords(operands)} ;;`).join('\n')}
  esac
}

complete -F _cdk8s_ci_deploy ${PROGRAM}
`;
}

function bashValue(command: string, option: CompletedOption): string[] {
  if (option.value === undefined) return [];
  const patterns = flagsOf(option).map((flag) => `'${command} ${flag}'`);
  return [`    ${patterns.join('|')}) ${hasWords(option.value) ? `${bashWords(option.value)}; ` : ''}return ;;`];
}

function bashWords({ words, areFiles }: CompletedValue): string {
  return areFiles ? '_cdk8s_ci_deploy_files' : `_cdk8s_ci_deploy_words "${words.join(' ')}"`;
}

/** A file in `fpath` is the body of the function of its name. A sourced file registers its function. */
function zsh(commands: readonly CompletedCommand[]): string {
  const rows = [...commands.map(({ name, summary }): [string, string] => [name, summary]), ...PROGRAM_OPTIONS];
  return `#compdef ${PROGRAM}
_cdk8s_ci_deploy() {
  local -a commands
  commands=(
${rows.map(([name, summary]) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(zshCommand).join('\n')}
  esac
}

if [[ $funcstack[1] == _${PROGRAM} ]]; then
  _cdk8s_ci_deploy "$@"
else
  compdef _cdk8s_ci_deploy ${PROGRAM}
fi
`;
}

function zshCommand({ name, options, operands }: CompletedCommand): string {
  const specifications = [...options.flatMap(zshOption), ...hasWords(operands) ? [quoted(`*${zshValue(operands)}`)] : []];
  return `    ${name})\n      _arguments -s \\\n${specifications.map((one) => `        ${one}`).join(' \\\n')}\n      ;;`;
}

/** An option that was given is not offered again, unless it may be repeated. */
function zshOption(option: CompletedOption): string[] {
  const { summary, many, value } = option;
  const flags = flagsOf(option);
  const text = `[${summary.replace(/[\\[\]:]/g, '\\$&')}]${value === undefined ? '' : zshValue(value)}`;
  const before = many ? '*' : `(${flags.join(' ')})`;
  return flags.map((flag) => quoted(`${before}${flag}${value === undefined ? '' : flag.startsWith('--') ? '=' : '+'}${text}`));
}

function zshValue({ name, words, areFiles }: CompletedValue): string {
  const action = areFiles ? '_files' : words.length > 0 ? `(${words.join(' ')})` : ' ';
  return `:${name.replace(/[\\:]/g, '\\$&')}:${action}`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const complete = `complete -c ${PROGRAM}`;
  return `# fish completion for ${PROGRAM}
function __cdk8s_ci_deploy_command
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test $words[2] = $argv[1]
end

function __cdk8s_ci_deploy_none
    test (count (commandline -opc)) -eq 1
end

${complete} -f
${[...PROGRAM_OPTIONS].map(([name, summary]) => `${complete} -n __cdk8s_ci_deploy_none -l ${name.slice(2)} -d ${quotedForFish(summary)}`).join('\n')}
${commands.flatMap(({ name, summary, options, operands }) => [
  `${complete} -n __cdk8s_ci_deploy_none -a ${name} -d ${quotedForFish(summary)}`,
  ...hasWords(operands) ? [`${complete} -n '__cdk8s_ci_deploy_command ${name}' ${fishWords(operands)}`] : [],
  ...options.map((option) => `${complete} -n '__cdk8s_ci_deploy_command ${name}' ${fishOption(option)}`),
]).join('\n')}
`;
}

function fishOption({ name, letter, summary, value }: CompletedOption): string {
  const words = value === undefined ? [] : [hasWords(value) ? `-r ${fishWords(value)}` : '-x'];
  return [`-l ${name}`, ...letter === undefined ? [] : [`-s ${letter}`], ...words, `-d ${quotedForFish(summary)}`].join(' ');
}

function fishWords({ words, areFiles }: CompletedValue): string {
  return areFiles ? '-F' : `-f -a '${words.join(' ')}'`;
}

/** A single-quoted word of a POSIX shell, and of zsh. */
function quoted(text: string): string {
  return `'${text.replace(/'/g, '\'\\\'\'')}'`;
}

function quotedForFish(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
