import { checkedText, checkedVariable } from '../../../src/pipeline/jobs/shell';
import { messageOf } from '../../support/synth';

test.each([
  ['', 'leave the option out, or set it to a text'],
  ['-x', 'begin with another character, such as "./" for a path'],
  ['a\nb', 'remove line breaks and control characters'],
])('the text %j is rejected', (text, fix) => {
  expect(messageOf(() => checkedText('context', text))).toBe(`context: it is ${JSON.stringify(text)}, expected one line of text that does not begin with "-"; ${fix}`);
});

test.each([['KUBE-CONFIG', 'KUBE_CONFIG'], ['1ST', '_1ST'], ['', 'KUBECONFIG'], ['a b', 'a_b']])('the variable %j is rejected with the suggestion %s', (name, valid) => {
  expect(messageOf(() => checkedVariable('variable', name))).toBe(
    `variable: it is ${JSON.stringify(name)}, expected letters, digits and "_", and no digit in front; use a name such as ${valid}`,
  );
});
