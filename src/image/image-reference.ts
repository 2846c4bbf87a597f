import { checkDigest, checkTag, ImageParts, parseImage } from './grammar';

/**
 * A container image by name: `[registry/]repository[:tag][@digest]`.
 *
 * The grammar and the normalisation are those of `ParseNormalizedNamed` in github.com/distribution/reference, which container runtimes use.
 * Digests can have the algorithms that Kubernetes registers: sha256, sha384 and sha512.
 * Two rules are stricter: a reference has at most 1024 characters, and an invalid host (`my_host.example.com/app`) is an error,
 * not a part of the path.
 *
 * Compare references by `canonical`, which is the same for all spellings of a name.
 *
 * @see https://github.com/distribution/reference
 */
export class ImageReference {
  /**
   * Parses a reference as it stands in a manifest. White space is not trimmed.
   *
   * @param text For example `nginx`, `registry.example.com/group/app:1.27` or `registry.example.com/group/app@sha256:…`.
   * @throws When the text is not a reference. The message names the wrong part.
   */
  public static parse(text: string): ImageReference {
    return new ImageReference(parseImage(text));
  }

  /**
   * The registry's host, with its port if one was given.
   *
   * The first part of a name is a host when it contains `.`, `:` or an upper-case letter, or is `localhost`.
   * The registry of a name without a host is Docker Hub, `docker.io`.
   */
  public readonly registry: string;

  /**
   * The path in the registry, at most 255 characters. Docker Hub's own images are `library/<name>`.
   */
  public readonly repository: string;

  /**
   * The tag, at most 128 characters.
   *
   * @default - no tag; without a digest, that means `latest` to a container runtime
   */
  public readonly tag?: string;

  /**
   * The digest, `<algorithm>:<lower-case hexadecimal>`.
   *
   * @default - no digest; the registry decides at each pull which image the tag means
   */
  public readonly digest?: string;

  private constructor(private readonly parts: ImageParts) {
    this.registry = parts.registry;
    this.repository = parts.repository;
    this.tag = parts.tag;
    this.digest = parts.digest;
  }

  /**
   * Whether the reference has a digest, so that it always means the same image.
   */
  public get isPinned(): boolean {
    return this.digest !== undefined;
  }

  /**
   * The normalised spelling, such as `docker.io/library/nginx:1.27` for `nginx:1.27`. A missing tag is not added.
   */
  public get canonical(): string {
    return spell(`${this.registry}/${this.repository}`, this.tag, this.digest);
  }

  /**
   * Returns the same reference with another tag. It keeps its digest, and so the image that is pulled.
   *
   * @param tag At most 128 letters, digits, `_`, `.` and `-`, not starting with `.` or `-`.
   * @throws When the tag is invalid.
   */
  public withTag(tag: string): ImageReference {
    checkTag(tag);
    return new ImageReference({ ...this.parts, tag });
  }

  /**
   * Returns the same reference with another digest. It keeps its tag, for people to read.
   *
   * @param digest `sha256:`, `sha384:` or `sha512:` and 64, 96 or 128 lower-case hexadecimal digits.
   * @throws When the digest is invalid.
   */
  public withDigest(digest: string): ImageReference {
    checkDigest(digest);
    return new ImageReference({ ...this.parts, digest });
  }

  /**
   * The spelling that was parsed.
   */
  public toString(): string {
    return spell(this.parts.name, this.tag, this.digest);
  }
}

function spell(name: string, tag?: string, digest?: string): string {
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
