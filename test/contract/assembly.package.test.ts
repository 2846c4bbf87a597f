import { assembly, recordedAssembly } from './assembly';
import { unifiedDifference } from './recording/difference';

test('the API of the library equals the record', () => {
  expect(unifiedDifference(recordedAssembly(), assembly())).toBe('');
});
