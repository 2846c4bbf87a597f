import type { Command } from './command';

interface CommandEntry {
  readonly summary: string;
  readonly load: () => Command;
}

/**
 * The commands, in the order of the help.
 */
export const COMMANDS: ReadonlyMap<string, CommandEntry> = new Map([
  ['render', {
    summary: 'put an image into a manifest and change nothing else',
    load: () => (require('./commands/render') as typeof import('./commands/render')).render,
  }],
  ['kubeconfig', {
    summary: 'build or check the kubeconfig of a CI job and say how GitLab masks it',
    load: () => (require('./commands/kubeconfig') as typeof import('./commands/kubeconfig')).kubeconfig,
  }],
]);
