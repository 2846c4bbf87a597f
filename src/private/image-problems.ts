import { CiImage } from '../ci-image';
import { InvalidInput } from './invalid-input';

/**
 * What is wrong with an image that a manifest needs now, for a construct's validation.
 */
export function imageProblems(image: CiImage): string[] {
  try {
    image.lookup();
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return [error.message];
    throw error;
  }
}
