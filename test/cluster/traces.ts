import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { until } from '../support/until';

/**
 * Finds what a cluster has on this machine by the path of its folder: the folder, processes, mounts, networks and cgroups.
 */
export function tracesOf(folder: string): string[] {
  const id = basename(folder).replace('cluster-', '');
  return [
    ...existsSync(folder) ? [folder] : [],
    ...processesOf(folder, id),
    ...lines('/proc/mounts').filter((mount) => mount.includes(folder)),
    ...lines('/proc/net/dev').filter((device) => device.includes(id)),
    ...readdirSync('/sys/fs/cgroup').flatMap((controller) => [`/sys/fs/cgroup/${controller}/e2e${id}`, `/sys/fs/cgroup/e2e${id}`]).filter((path) => existsSync(path)),
  ];
}

/** The traces that remain after ending processes had time to end. */
export async function lastingTracesOf(folder: string): Promise<string[]> {
  await until(() => tracesOf(folder).length === 0).catch(() => undefined);
  return tracesOf(folder);
}

/** The processes that work in the folder, have it in their arguments, or run in a container of the node. */
function processesOf(folder: string, id: string): string[] {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid).flatMap((pid) => {
    try {
      const [cwd, command, cgroups] = [readlinkSync(`/proc/${pid}/cwd`), readFileSync(`/proc/${pid}/cmdline`, 'utf8'), readFileSync(`/proc/${pid}/cgroup`, 'utf8')];
      return cwd.startsWith(folder) || command.includes(folder) || cgroups.includes(`/e2e${id}/`) ? [`process ${pid}: ${command.replaceAll('\0', ' ')}`] : [];
    } catch {
      return [];
    }
  });
}

function lines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n');
}
