import { checkDigest, checkTag, ImageParts, parseImage } from './grammar';

/**
 * A container image by name: `[registry/]repository[:tag][@digest]`.
 *
 * The grammar and the normalisation are those of `ParseNormalizedNamed` in github.com/distribution/reference, which container runtimes use, so what
 * parses here is what a node can pull. Digests are accepted with the algorithms that Kubernetes registers: sha256, sha384 and sha512.
 * Two things are narrower: a reference has at most 1024 characters, and a host that can be none (`my_host.example.com/app`) is refused, not read as
 * a part of the path.
 *
 * References are compared by `canonical`, which is the same for every spelling of one name.
 *
 * @see https://github.com/distribution/reference
 */
export class ImageReference {
  /**
   * Read a reference as it is written in a manifest.
   *
   * Nothing is trimmed or repaired: the same text reaches the cluster from places that would not repair it.
   *
   * @param text for example `nginx`, `registry.example.com/group/app:1.27` or `registry.example.com/group/app@sha256:…`
   * @throws when the text is not a reference; the message names the part that is wrong
   */
  public static parse(text: string): ImageReference {
    return new ImageReference(parseImage(text));
  }

  /**
   * The registry's host, with its port if one was given.
   *
   * As container runtimes read it, the first part of a name is a host when it contains `.`, `:` or an upper-case letter, or is `localhost`.
   * A name without one is on Docker Hub, `docker.io`.
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
   * Whether this is one image for ever: it has a digest.
   */
  public get isPinned(): boolean {
    return this.digest !== undefined;
  }

  /**
   * The normalised spelling, such as `docker.io/library/nginx:1.27` for `nginx:1.27`. No tag is added where none was given.
   */
  public get canonical(): string {
    return spell(`${this.registry}/${this.repository}`, this.tag, this.digest);
  }

  /**
   * The same image name with this tag instead of its own. A digest stays, and with it the image that is pulled.
   *
   * @param tag at most 128 letters, digits, `_`, `.` and `-`, starting with none of the last two
   * @throws when the tag is not one
   */
  public withTag(tag: string): ImageReference {
    checkTag(tag);
    return new ImageReference({ ...this.parts, tag });
  }

  /**
   * The same image name with this digest instead of its own. A tag stays, for people to read.
   *
   * @param digest `sha256:`, `sha384:` or `sha512:` and 64, 96 or 128 lower-case hexadecimal digits
   * @throws when the digest is not one
   */
  public withDigest(digest: string): ImageReference {
    checkDigest(digest);
    return new ImageReference({ ...this.parts, digest });
  }

  /**
   * The spelling that was given.
   */
  public toString(): string {
    return spell(this.parts.name, this.tag, this.digest);
  }
}

function spell(name: string, tag?: string, digest?: string): string {
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
