import { join } from 'node:path';
import { compiled, GoModule } from '../../cluster/go-module';

/** Five modules of GitLab Runner are not in the Go module proxy. `stubs/` has stand-ins, whose functions say that they are not supported. */
const MODULE: GoModule = { folder: 'go-runner', main: 'gitlab.com/gitlab-org/gitlab-runner', programs: { 'gitlab-runner': '.' } };

/**
 * The path of GitLab Runner with the shell executor. The first call on a machine compiles it, which takes minutes.
 */
export function gitlabRunner(variables = process.env): string {
  return join(compiled(MODULE, variables), 'gitlab-runner');
}
