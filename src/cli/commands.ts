import type { Command } from './command';
import { grant } from './commands/grant';
import { kubeconfig } from './commands/kubeconfig';
import { render } from './commands/render';
import { revoke } from './commands/revoke';
import { rotate } from './commands/rotate';

/**
 * The commands, in the order of the help.
 */
export const COMMANDS: ReadonlyMap<string, Command> = new Map([grant, rotate, revoke, kubeconfig, render].map((command) => [command.name, command]));
