import type { Command } from './command';
import { kubeconfig } from './commands/kubeconfig';
import { render } from './commands/render';

/**
 * The commands, in the order of the help.
 */
export const COMMANDS: ReadonlyMap<string, Command> = new Map([render, kubeconfig].map((command) => [command.name, command]));
