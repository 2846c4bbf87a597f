import { readFileSync } from 'node:fs';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { isList, templateObject } from './template-object';
import { isObject } from '../base/json';
import { decodeText } from '../base/text-file';
import { userError, validationErrors, show } from '../base/user-error';
import { CiImage } from '../image/ci-image';
import { Container, containersOf, noContainer } from '../kubernetes/container-images';
import { ManifestDocument, parseManifest } from '../yaml/manifest-parser';
import { checkWritable } from '../yaml/writer';

/**
 * The manifest, and the images that go into it.
 */
export interface ManifestTemplateProps {
  /**
   * The path of a manifest, relative to the working directory.
   *
   * @default - `text` is given
   */
  readonly file?: string;

  /**
   * The manifest itself.
   *
   * @default - `file` is read
   */
  readonly text?: string;

  /**
   * The image of the containers that have the placeholder.
   *
   * @default CiImage.fromGitlab()
   */
  readonly image?: CiImage;

  /**
   * What stands in the template where the image goes.
   *
   * @default 'IMAGE'
   */
  readonly placeholder?: string;

  /**
   * Several placeholders and the image of each, in place of `placeholder` and `image`.
   *
   * @default - one placeholder
   */
  readonly images?: { [placeholder: string]: CiImage };

  /**
   * Images of containers by the container's name, whatever the template has there. They win over placeholders.
   *
   * @default - images are set by placeholder only
   */
  readonly containers?: { [container: string]: CiImage };
}

/**
 * The manifest that a team already has, with the image from CI.
 *
 * It is read as kubectl reads it. Set are the `image` fields of containers, init containers and ephemeral containers, in any kind of
 * workload; the word elsewhere and every other value stay. Each document becomes one object of the chart.
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
   * @param props The manifest, and the images that go into it.
   * @throws When the manifest cannot be read as kubectl reads it, has no container for one of the images, or would not survive cdk8s.
   */
  constructor(scope: Construct, id: string, props: ManifestTemplateProps) {
    super(scope, id);
    const documents = parseManifest(textOf(this.node.path, props), placeOf(this.node.path, props));
    documents.forEach(checkName);
    documents.forEach(checkWritable);
    const images = new TemplateImages(this.node.path, props);
    const containers = documents.flatMap(({ value }) => containersOf(value));
    images.checkUsed(placeOf(this.node.path, props), containers);
    const choose = (container: Container) => images.of(container)?.resolve();
    const ids = idsOf(documents);
    this.objects = documents.map(({ value }, index) => templateObject(this, ids[index] ?? '', value, choose));
    const used = new Set(containers.map((container) => images.of(container)));
    this.node.addValidation({ validate: () => [...used].flatMap((image) => validationErrors(() => image?.lookup())) });
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
  throw userError({ at: path, given: file === undefined ? 'no manifest' : 'file and text', expected: 'file or text', fix: 'give one of the two' });
}

function placeOf(path: string, { file }: ManifestTemplateProps): string {
  return `${path}: ${file ?? 'text'}`;
}

function read(path: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const at = process.cwd();
    throw userError({ at: path, given: `${show(file)} cannot be read in ${show(at)} (${code})`, expected: 'a file', fix: 'correct the path' });
  }
}

function checkName({ value, at }: ManifestDocument): void {
  const { name, generateName } = isObject(value.metadata) ? value.metadata : {};
  if (isList(value) || (typeof (name ?? generateName) === 'string' && (name ?? generateName) !== '')) return;
  throw userError({ at: at(), given: `metadata.name is ${show(name)}`, expected: 'text', fix: name === undefined || name === null ? 'name the object' : 'quote it' });
}

/** `<kind>-<name>`, with a number from the second one on that would be called the same. */
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

class TemplateImages {
  private readonly placeholders: Map<string, CiImage>;
  private readonly containers: Map<string, CiImage>;
  private readonly isImplicit: boolean;

  public constructor(path: string, { image, placeholder, images, containers = {} }: ManifestTemplateProps) {
    if (images && (image ?? placeholder) !== undefined) {
      throw userError({ at: path, given: 'images beside image or placeholder', expected: 'one way', fix: 'put the placeholder into images' });
    }
    this.isImplicit = !images && image === undefined && placeholder === undefined && Object.keys(containers).length > 0;
    this.placeholders = new Map(Object.entries(images ?? { [placeholder ?? 'IMAGE']: image ?? CiImage.fromGitlab() }));
    this.containers = new Map(Object.entries(containers));
  }

  public of({ name, image }: Container): CiImage | undefined {
    return this.containers.get(name) ?? (image === undefined ? undefined : this.placeholders.get(image));
  }

  public checkUsed(at: string, containers: Container[]): void {
    const placeholder = [...this.placeholders.keys()].find((text) => !containers.some(({ image }) => image === text));
    if (placeholder !== undefined && !this.isImplicit) throw noContainer(at, `the image ${show(placeholder)}`, containers);
    const container = [...this.containers.keys()].find((text) => !containers.some(({ name }) => name === text));
    if (container !== undefined) throw noContainer(at, `the name ${show(container)}`, containers);
    if (!containers.some((found) => this.of(found))) throw noContainer(at, 'an image to set', containers);
  }
}
