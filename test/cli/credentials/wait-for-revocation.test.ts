import { withCredential } from '../../../src/cli/cluster/credential';
import { ApiError } from '../../../src/cli/cluster/status';
import { isAccepted, waitForRevocation } from '../../../src/cli/credentials/wait-for-revocation';
import { Kubeconfig } from '../../../src/kubeconfig/kubeconfig';
import { FakeClock } from '../../support/fake-clock';
import { SERVER, TOKEN } from '../../support/kubeconfigs';

jest.mock('../../../src/cli/cluster/credential');

const KUBECONFIG = new Kubeconfig({ server: SERVER, namespace: 'example', token: TOKEN });

/** The API server answers with these status codes, and repeats the last one. */
function contextWith(...codes: number[]) {
  jest.mocked(withCredential).mockImplementation(async () => {
    const [code = 0] = codes.length > 1 ? codes.splice(0, 1) : codes;
    if (code !== 201) throw new ApiError('create selfsubjectreviews', code, { kind: 'Status', code });
    return {} as never;
  });
  const clock = new FakeClock();
  const said: string[] = [];
  const stderr = { write: (text: string) => said.push(text) };
  return { context: { clock, stderr, variables: {}, signal: new AbortController().signal } as never, clock, said };
}

test.each([[201, true], [403, true], [404, true], [401, false]])('the status %d means that the token is accepted: %s', async (code, accepted) => {
  expect(await isAccepted(contextWith(code).context, KUBECONFIG)).toBe(accepted);
});

test('the wait ends at the first 401, and returns its length', async () => {
  expect(await waitForRevocation(contextWith(201, 201, 401).context, KUBECONFIG)).toBe(500);
});

test('the wait fails after 60 s', async () => {
  const { context, clock, said } = contextWith(201);
  await expect(waitForRevocation(context, KUBECONFIG)).rejects.toThrow('the API server still accepts the token 60 s after its Secret was deleted');
  expect(clock.slept.length).toBe(241);
  expect(said[0]).toBe('waiting until the API server rejects the revoked token (2 s)\n');
  expect(said).toHaveLength(4);
});
