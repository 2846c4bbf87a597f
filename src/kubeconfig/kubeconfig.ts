import { KubeconfigPolicy } from './kubeconfig-policy';
import { checkName, checkOneToken, checkText, checkToken, checkTokenFile, checkUrl } from './values';
import { yamlModule } from '../base/lazy-yaml';
import { userError } from '../base/user-error';
import { certificateData } from '../kubernetes/certificates';
import { checkNamespace } from '../kubernetes/namespace';

/**
 * What a CI job needs to reach one namespace of one cluster.
 */
export interface KubeconfigProps {
  /**
   * The address of the API server, `https` without user name and query; a path is allowed.
   */
  readonly server: string;

  /**
   * The certificates that the server is verified with: base64 of PEM, as the field of the same name holds them.
   *
   * @default - the server is verified with the certificates that the client's system trusts
   */
  readonly certificateAuthorityData?: string;

  /**
   * The name that the server's certificate is for.
   *
   * @default - the host of `server`
   */
  readonly tlsServerName?: string;

  /**
   * The proxy on the way to the server: `http`, `https` or `socks5`, without user name.
   *
   * @default - what the environment of the client says
   */
  readonly proxyUrl?: string;

  /**
   * The namespace that commands work in. Without one kubectl would silently use `default`.
   */
  readonly namespace: string;

  /**
   * Whether `namespace` may be one that the cluster keeps for itself or shares: `default` and `kube-*`.
   *
   * @default false
   */
  readonly allowProtectedNamespace?: boolean;

  /**
   * The token of the identity, as `kubectl create token` prints it, without the line break at its end.
   *
   * @default - it is read from `tokenFile`
   */
  readonly token?: string;

  /**
   * The name of a file that the client reads the token from, in place of `token`: where a job puts its id_token. It need not exist yet.
   * Best absolute: a relative name starts at the folder of the kubeconfig, and neither `~` nor variables are expanded.
   *
   * @default - the token is `token`
   */
  readonly tokenFile?: string;

  /**
   * The name that the user has in the file. The server does not see it.
   *
   * @default - `gitlab-<namespace>`
   */
  readonly user?: string;

  /**
   * The name that the cluster has in the file.
   *
   * @default 'kubernetes'
   */
  readonly cluster?: string;

  /**
   * The name of the context, which is the current one.
   *
   * @default - `<user>@<cluster>`
   */
  readonly context?: string;
}

/**
 * A kubeconfig with one credential in it, or with the place of one: what a CI job holds to reach one namespace.
 *
 * The token is in what `toYaml`, `toJson` and `toBase64` return, and nowhere else: not when the object is printed or serialized, and not in any error.
 */
export class Kubeconfig {
  /**
   * Reads a kubeconfig, YAML or JSON, and refuses what the policy does not allow.
   *
   * @param text The content of the file.
   * @param policy What it must satisfy; by default `KubeconfigPolicy.stored()`.
   * @throws When the file is no kubeconfig or is refused. The error says where and why, without any secret.
   */
  public static parse(text: string, policy: KubeconfigPolicy = KubeconfigPolicy.stored()): Kubeconfig {
    const { namespace, ...parts } = policy._choose(text);
    if (namespace !== undefined) return new Kubeconfig({ ...parts, namespace });
    throw userError({
      at: 'namespace',
      given: 'the context names none',
      expected: 'the one namespace of this job, since kubectl would silently use "default"',
      fix: 'set it: `kubectl config set-context --current --namespace NAME`',
    });
  }

  /**
   * The address of the API server.
   */
  public readonly server: string;

  /**
   * Base64 of the PEM certificates that the server is verified with, in one line.
   */
  public readonly certificateAuthorityData?: string;

  /**
   * The name that the server's certificate is for, when it is not the host of `server`.
   */
  public readonly tlsServerName?: string;

  /**
   * The proxy on the way to the server.
   */
  public readonly proxyUrl?: string;

  /**
   * The namespace that commands work in.
   */
  public readonly namespace: string;

  /**
   * The name of the user in the file.
   */
  public readonly user: string;

  /**
   * The name of the cluster in the file.
   */
  public readonly cluster: string;

  /**
   * The name of the current context.
   */
  public readonly context: string;

  /**
   * The file that the client reads the token from, when there is no token in here.
   */
  public readonly tokenFile?: string;

  readonly #token?: string;

  /**
   * @throws When a value is not usable: a server without https, something else than certificates, an invalid or protected namespace,
   * a token with white space or still in base64, neither a token nor a token file, or both.
   */
  public constructor(props: KubeconfigProps) {
    checkNamespace('', props.namespace, props.allowProtectedNamespace);
    checkOneToken(props);
    if (props.token !== undefined) checkToken(props.token);
    this.server = checkUrl('server', props.server, ['https:']);
    this.certificateAuthorityData = optional(props.certificateAuthorityData, (data) => certificateData('certificateAuthorityData', data));
    this.tlsServerName = optional(props.tlsServerName, (name) => checkText('tlsServerName', name, /^[A-Za-z0-9.:_-]+$/, 'a host name or an address'));
    this.proxyUrl = optional(props.proxyUrl, (url) => checkUrl('proxyUrl', url, ['http:', 'https:', 'socks5:']));
    this.namespace = props.namespace;
    this.user = checkName('user', props.user ?? `gitlab-${props.namespace}`);
    this.cluster = checkName('cluster', props.cluster ?? 'kubernetes');
    this.context = checkName('context', props.context ?? `${this.user}@${this.cluster}`);
    this.tokenFile = optional(props.tokenFile, checkTokenFile);
    this.#token = props.token;
  }

  /**
   * The token, unless it is in `tokenFile`. Treat it as a secret.
   */
  public get token(): string | undefined {
    return this.#token;
  }

  /**
   * The file as YAML, for a file. It has several lines, so GitLab cannot mask it.
   */
  public toYaml(): string {
    return yamlModule().stringify(this.content(), { defaultKeyType: 'PLAIN', defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 });
  }

  /**
   * The file as JSON in one line without white space, which kubectl reads as it reads YAML.
   * GitLab masks it as a variable whose expansion is off, best of type File.
   */
  public toJson(): string {
    return JSON.stringify(this.content()).replace(/ /g, '\\u0020');
  }

  /**
   * The base64 of `toJson()` in one line. GitLab masks it as any variable; the job decodes it into a file.
   */
  public toBase64(): string {
    return Buffer.from(this.toJson()).toString('base64');
  }

  private content(): object {
    return {
      'apiVersion': 'v1',
      'kind': 'Config',
      'clusters': [{
        name: this.cluster,
        cluster: {
          'server': this.server,
          'certificate-authority-data': this.certificateAuthorityData,
          'tls-server-name': this.tlsServerName,
          'proxy-url': this.proxyUrl,
        },
      }],
      'users': [{ name: this.user, user: { token: this.#token, tokenFile: this.tokenFile } }],
      'contexts': [{ name: this.context, context: { cluster: this.cluster, user: this.user, namespace: this.namespace } }],
      'current-context': this.context,
    };
  }
}

function optional(value: string | undefined, check: (value: string) => string): string | undefined {
  return value === undefined ? undefined : check(value);
}
