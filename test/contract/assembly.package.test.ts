import { assembly, recordedAssembly } from './assembly';
import { unifiedDifference } from './recording/difference';

test('the API of the library is the one that is recorded', () => {
  expect(unifiedDifference(recordedAssembly(), assembly())).toBe('');
});
