import { CheckedJob, jobLabel, PipelineCheck } from './checked-pipeline';
import { isObject, Json } from '../../base/json';
import { Problem, show, UserError } from '../../base/user-error';
import { parseImage } from '../../image/grammar';

/**
 * Images of generated jobs have a version or a digest. An image in a variable cannot be checked.
 */
export const checkBuilderImages: PipelineCheck = ({ jobs }) => jobs
  .filter(({ isAdded }) => !isAdded)
  .flatMap((job) => imagesOf(job).flatMap((image) => problems(job, image)));

function imagesOf({ effective: { image, services } }: CheckedJob): string[] {
  return [image, ...Array.isArray(services) ? services : []].map(nameOf).filter((name) => name !== undefined);
}

function nameOf(image: Json | undefined): string | undefined {
  const name = isObject(image) ? image.name : image;
  return typeof name === 'string' ? name : undefined;
}

function problems(job: CheckedJob, image: string): Problem[] {
  if (image.includes('$')) return [];
  const expected = expectedOf(image);
  return expected === undefined ? [] : [{
    at: jobLabel(job.name),
    given: `its image is ${show(image)}`,
    expected,
    fix: 'name a version or a digest: a moved tag would change the job without a commit',
  }];
}

function expectedOf(image: string): string | undefined {
  try {
    const { tag, digest } = parseImage(image);
    return digest !== undefined || tag !== undefined && tag !== 'latest' ? undefined : 'a tag other than "latest", or a digest';
  } catch (error) {
    if (error instanceof UserError) return 'the reference of an image';
    throw error;
  }
}
