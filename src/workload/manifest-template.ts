import { readFileSync } from 'node:fs';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { templateObject } from './template-object';
import { isObject, JsonObject } from '../base/json';
import { decodeText } from '../base/text-file';
import { userError, validationErrors, show } from '../base/user-error';
import { CiImage } from '../image/ci-image';
import { checkNoPlaceholder, Container, containersOf, noContainer } from '../kubernetes/container-images';
import { isList } from '../kubernetes/kinds';
import { ManifestDocument, parseManifest } from '../yaml/manifest-parser';
import { checkWritable } from '../yaml/writer';

/**
 * The manifest and its images.
 */
export interface ManifestTemplateProps {
  /**
   * The path of the manifest, relative to the working directory.
   *
   * @default - the manifest is `text`
   */
  readonly file?: string;

  /**
   * The text of the manifest.
   *
   * @default - the manifest is read from `file`
   */
  readonly text?: string;

  /**
   * The image for containers with the placeholder.
   *
   * @default CiImage.fromGitlab()
   */
  readonly image?: CiImage;

  /**
   * The text that stands for the image in the manifest.
   *
   * @default 'IMAGE'
   */
  readonly placeholder?: string;

  /**
   * The image of each placeholder, for several placeholders. Replaces `placeholder` and `image`.
   *
   * @default - one placeholder
   */
  readonly images?: { [placeholder: string]: CiImage };

  /**
   * The image of each container by the container's name. It overrides placeholders, and any image in the manifest.
   *
   * @default - only placeholders are replaced
   */
  readonly containers?: { [container: string]: CiImage };
}

/**
 * An existing manifest with the image from CI.
 *
 * The manifest is parsed as kubectl parses it. The image is set in containers, init containers, ephemeral containers and image volumes of any kind
 * of workload. All other values stay the same, even if they equal the placeholder. A custom resource may have images elsewhere: synthesis fails
 * when the placeholder is left there, and a JSON patch of the object in `apiObjects` can set it. Each document becomes one object of the chart.
 *
 * @example
 * import { App } from 'cdk8s';
 * import { ManifestTemplate, NamespacedChart } from 'cdk8s-ci-deploy';
 *
 * const chart = new NamespacedChart(new App(), 'web', { namespace: 'example' });
 * new ManifestTemplate(chart, 'site', {
 *   text: `
 * apiVersion: v1
 * kind: Pod
 * metadata: { name: web }
 * spec:
 *   containers:
 *     - { name: web, image: IMAGE }
 * `,
 * });
 */
export class ManifestTemplate extends Construct {
  private readonly objects: ApiObject[];

  /**
   * @param scope The chart.
   * @param id The construct id.
   * @param props The manifest and its images.
   * @throws When kubectl could not parse the manifest, an image has no container, or cdk8s would change a value.
   */
  constructor(scope: Construct, id: string, props: ManifestTemplateProps) {
    super(scope, id);
    const documents = parseManifest(textOf(this.node.path, props), fileNameOf(this.node.path, props));
    documents.forEach(checkName);
    documents.forEach(checkWritable);
    const images = new TemplateImages(this.node.path, props);
    const containers = documents.flatMap(({ value }) => containersOf(value));
    images.checkUsed(fileNameOf(this.node.path, props), containers);
    const choose = (container: Container) => images.of(container)?.resolve();
    const ids = idsOf(documents);
    this.objects = documents.map(({ value }, index) => templateObject(this, ids[index] ?? '', value, choose));
    const used = new Set(containers.map((container) => images.of(container)));
    this.node.addValidation({
      validate: () => {
        const missing = [...used].flatMap((image) => validationErrors(() => image?.lookup()));
        return missing.length > 0 ? missing : validationErrors(() => images.checkLeftovers(this.objects));
      },
    });
  }

  /**
   * The objects, in the order of the manifest.
   */
  public get apiObjects(): ApiObject[] {
    return [...this.objects];
  }
}

function textOf(path: string, { file, text }: ManifestTemplateProps): string {
  if (text !== undefined && file === undefined) return text;
  if (file !== undefined && text === undefined) return decodeText(read(path, file), `${path}: ${file}`);
  throw userError({ at: path, given: file === undefined ? 'no manifest' : 'file and text', expected: 'file or text', fix: `${file === undefined ? 'pass' : 'leave out'} one of the two` });
}

function fileNameOf(path: string, { file }: ManifestTemplateProps): string {
  return `${path}: ${file ?? 'text'}`;
}

function read(path: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const at = process.cwd();
    throw userError({ at: path, given: `${show(file)} cannot be read in ${show(at)} (${code})`, expected: 'a file', fix: 'pass a path relative to that folder, or an absolute one' });
  }
}

function checkName({ value, at }: ManifestDocument): void {
  const { name, generateName } = isObject(value.metadata) ? value.metadata : {};
  if (isList(value) || (typeof (name ?? generateName) === 'string' && (name ?? generateName) !== '')) return;
  throw userError({ at: at(), given: `metadata.name is ${show(name)}`, expected: 'text', fix: name === undefined || name === null ? 'name the object' : 'quote it' });
}

/** The construct ids: `<kind>-<name>`, and a number for further objects with the same id. */
function idsOf(documents: ManifestDocument[]): string[] {
  const counts = new Map<string, number>();
  return documents.map(({ value }) => {
    const { name, generateName } = isObject(value.metadata) ? value.metadata : {};
    const id = [value.kind, name ?? generateName].filter(Boolean).join('-').toLowerCase();
    const count = (counts.get(id) ?? 0) + 1;
    counts.set(id, count);
    return count > 1 ? `${id}#${count}` : id;
  });
}

/** The images of a template, by placeholder and by container. */
class TemplateImages {
  private readonly placeholders: Map<string, CiImage>;
  private readonly containers: Map<string, CiImage>;
  private readonly isDefaultPlaceholder: boolean;

  public constructor(path: string, { image, placeholder, images, containers = {} }: ManifestTemplateProps) {
    if (images && (image ?? placeholder) !== undefined) {
      throw userError({ at: path, given: 'images beside image or placeholder', expected: 'one way', fix: 'move the placeholder into images' });
    }
    this.isDefaultPlaceholder = !images && image === undefined && placeholder === undefined && Object.keys(containers).length > 0;
    this.placeholders = new Map(Object.entries(images ?? { [placeholder ?? 'IMAGE']: image ?? CiImage.fromGitlab() }));
    this.containers = new Map(Object.entries(containers));
  }

  public of({ name, image, isVolume }: Container): CiImage | undefined {
    return (isVolume ? undefined : this.containers.get(name)) ?? (image === undefined ? undefined : this.placeholders.get(image));
  }

  /** Checks that no placeholder is left in a custom resource, after all JSON patches. */
  public checkLeftovers(objects: ApiObject[]): void {
    for (const object of objects) {
      const value: JsonObject = object.toJson();
      for (const placeholder of this.placeholders.keys()) checkNoPlaceholder(object.node.path, value, placeholder);
    }
  }

  /** Checks that each image has a container. The default placeholder may be missing when images are set by container. */
  public checkUsed(at: string, containers: Container[]): void {
    const placeholder = [...this.placeholders.keys()].find((text) => !containers.some(({ image }) => image === text));
    if (placeholder !== undefined && !this.isDefaultPlaceholder) throw noContainer(at, `the image ${show(placeholder)}`, containers);
    const container = [...this.containers.keys()].find((text) => !containers.some(({ name, isVolume }) => name === text && !isVolume));
    if (container !== undefined) throw noContainer(at, `the name ${show(container)}`, containers);
    if (!containers.some((found) => this.of(found))) throw noContainer(at, 'an image to set', containers);
  }
}
