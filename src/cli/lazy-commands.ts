import type { Command } from './command-line/command';

/**
 * The commands by their names, in the order of the help. Each is loaded when it runs, since most of the code belongs to other commands.
 */
export const COMMANDS: ReadonlyMap<string, () => Command> = new Map([
  ['init', () => require('./commands/init').init],
  ['pipeline', () => require('./commands/pipeline').pipeline],
  ['grant', () => require('./commands/grant').grant],
  ['verify', () => require('./commands/verify').verify],
  ['rotate', () => require('./commands/rotate').rotate],
  ['revoke', () => require('./commands/revoke').revoke],
  ['kubeconfig', () => require('./commands/kubeconfig').kubeconfig],
  ['render', () => require('./commands/render').render],
  ['deploy', () => require('./commands/deploy').deploy],
  ['rollback', () => require('./commands/rollback').rollback],
  ['status', () => require('./commands/status').status],
  ['history', () => require('./commands/history').history],
  ['destroy', () => require('./commands/destroy').destroy],
  ['completion', () => require('./commands/completion').completion(COMMANDS)],
]);
