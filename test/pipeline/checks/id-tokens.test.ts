import { job, problemsIn } from '../../support/pipeline-problems';

const TOKENS = { TOKEN: { aud: 'https://example.com' } };

test('a job with an id_token has a timeout', () => {
  expect(problemsIn({ added: [job('a', { id_tokens: TOKENS, timeout: '30 minutes' })] })).toEqual([]);
  expect(problemsIn({ added: [job('a', { id_tokens: TOKENS })] })).toEqual([expect.stringContaining('job a: it has id_tokens and no timeout')]);
});

test('the timeout may be that of all jobs', () => {
  expect(problemsIn({ added: [job('a', { id_tokens: TOKENS })], raw: { default: { timeout: '30 minutes' } } })).toEqual([]);
});
