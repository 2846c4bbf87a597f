import { stringify } from 'yaml';
import { rejections } from './accepted';
import { FETCH_TIMEOUT } from '../support/kubectl';

test('a pipeline is accepted, or rejected with a reason', () => {
  const job = { script: ['true'] };
  const [fine, schema, need, notYaml] = rejections([
    stringify({ job }), stringify({ job: { ...job, timeout: ['1'] } }), stringify({ job: { ...job, needs: ['other'] } }), 'job: {',
  ]);

  expect(fine).toBeNull();
  expect(schema).toMatch(/\/job\/timeout must be string/);
  expect(need).toMatch(/needs: \[other\]/);
  expect(notYaml).toMatch(/flow/);
}, FETCH_TIMEOUT);
