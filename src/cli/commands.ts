import type { Command } from './command';
import { deploy } from './commands/deploy';
import { destroy } from './commands/destroy';
import { grant } from './commands/grant';
import { history } from './commands/history';
import { init } from './commands/init';
import { kubeconfig } from './commands/kubeconfig';
import { pipeline } from './commands/pipeline';
import { render } from './commands/render';
import { revoke } from './commands/revoke';
import { rollback } from './commands/rollback';
import { rotate } from './commands/rotate';
import { status } from './commands/status';
import { verify } from './commands/verify';

/** In the order of the help. */
const ALL: readonly Command[] = [
  init, pipeline, grant, verify, rotate, revoke, kubeconfig, render, deploy, rollback, status, history, destroy,
];

/**
 * The commands by their names.
 */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(ALL.map((command) => [command.name, command]));
