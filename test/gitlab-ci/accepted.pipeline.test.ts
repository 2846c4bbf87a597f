import { stringify } from 'yaml';
import { refusals } from './accepted';
import { FETCH_TIMEOUT } from '../support/kubectl';

test('a pipeline is accepted, or refused with what is wrong', () => {
  const job = { script: ['true'] };
  const [fine, schema, need, notYaml] = refusals([
    stringify({ job }), stringify({ job: { ...job, timeout: ['1'] } }), stringify({ job: { ...job, needs: ['other'] } }), 'job: {',
  ]);

  expect(fine).toBeNull();
  expect(schema).toMatch(/\/job\/timeout must be string/);
  expect(need).toMatch(/needs: \[other\]/);
  expect(notYaml).toMatch(/flow/);
}, FETCH_TIMEOUT);
