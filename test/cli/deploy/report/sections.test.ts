import { Sections } from '../../../../src/cli/deploy/report/sections';
import { ManualClock } from '../../../support/manual-clock';

const clock = new ManualClock(1_700_000_000_999);

function sections(variables: object, app = 'web'): { written: string[]; sections: Sections } {
  const written: string[] = [];
  return { written, sections: new Sections({ app, variables: { ...variables }, clock, write: (text) => written.push(text), open: ['plan'] }) };
}

test('a section has the start and end markers of GitLab around the action', async () => {
  const { written, sections: gitlab } = sections({ GITLAB_CI: 'true' });
  expect(await gitlab.around('apply', async () => written.push('created ConfigMap web\n'))).toBe(2);
  expect(written).toEqual([
    '\x1b[0Ksection_start:1700000000:deploy-web-apply[collapsed=true]\r\x1b[0Kapply the release\n',
    'created ConfigMap web\n',
    '\x1b[0Ksection_end:1700000000:deploy-web-apply\r\x1b[0K\n',
  ]);
});

test('a section also ends when the action fails', async () => {
  const { written, sections: gitlab } = sections({ GITLAB_CI: 'true' });
  await expect(gitlab.around('prune', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(written[1]).toContain('section_end');
});

test('important sections are open, and names are unique', async () => {
  const { written, sections: gitlab } = sections({ GITLAB_CI: 'true' }, 'my app:\x1b[31m');
  for (const phase of ['plan', 'wait', 'wait', 'undo', 'prune'] as const) await gitlab.around(phase, async () => undefined);
  const starts = written.filter((line) => line.includes('section_start')).map((line) => /00:(.*)\r/.exec(line)?.[1]);
  expect(starts).toEqual(['deploy-my-app-31m-plan', 'deploy-my-app-31m-wait', 'deploy-my-app-31m-wait-2', 'deploy-my-app-31m-undo', 'deploy-my-app-31m-prune[collapsed=true]']);
});

test('there are no sections outside GitLab', async () => {
  const { written, sections: terminal } = sections({ CI: 'true' });
  await terminal.around('apply', async () => undefined);
  expect(written).toEqual([]);
});
