import { checkName, checkOneToken, checkText, checkToken, checkTokenFile, checkUrl } from './entries';
import { KubeconfigPolicy } from './kubeconfig-policy';
import { yamlModule } from '../base/lazy-modules';
import { userError } from '../base/user-error';
import { certificateData } from '../kubernetes/certificates';
import { checkNamespace } from '../kubernetes/names';

/**
 * The cluster, the namespace and the credential of a CI job.
 */
export interface KubeconfigProps {
  /**
   * The address of the API server: `https`, without user name and query. A path is allowed.
   */
  readonly server: string;

  /**
   * The CA certificates that verify the server: base64 of PEM, as in the field `certificate-authority-data`.
   *
   * @default - the certificates that the client's system trusts
   */
  readonly certificateAuthorityData?: string;

  /**
   * The host name in the server's certificate.
   *
   * @default - the host of `server`
   */
  readonly tlsServerName?: string;

  /**
   * The proxy to the server: an `http`, `https` or `socks5` URL without user name.
   *
   * @default - the proxy of the client's environment variables
   */
  readonly proxyUrl?: string;

  /**
   * The namespace of commands. Without one, kubectl would silently use `default`.
   */
  readonly namespace: string;

  /**
   * Whether the namespaces `default` and `kube-*` are allowed, which the cluster shares or uses itself.
   *
   * @default false
   */
  readonly allowProtectedNamespace?: boolean;

  /**
   * The token, as `kubectl create token` prints it, without the final line break.
   *
   * @default - the client reads the token from `tokenFile`
   */
  readonly token?: string;

  /**
   * The path of a file that contains the token, such as the job's id_token. The file need not exist yet.
   * Use an absolute path: a relative path starts at the folder of the kubeconfig, and `~` and variables are not expanded.
   *
   * @default - the token is `token`
   */
  readonly tokenFile?: string;

  /**
   * The name of the user entry. The server does not see it.
   *
   * @default - `gitlab-<namespace>`
   */
  readonly user?: string;

  /**
   * The name of the cluster entry.
   *
   * @default 'kubernetes'
   */
  readonly cluster?: string;

  /**
   * The name of the context entry, which is also the current context.
   *
   * @default - `<user>@<cluster>`
   */
  readonly context?: string;
}

/**
 * The kubeconfig of a CI job: one cluster, one namespace, and one token or the path of a token file.
 *
 * Only `token`, `toYaml`, `toJson` and `toBase64` return the token. It appears in no error, and not when the object is printed or serialized.
 */
export class Kubeconfig {
  /**
   * Parses a kubeconfig in YAML or JSON and checks it against a policy.
   *
   * @param text The content of the file.
   * @param policy The rules; by default `KubeconfigPolicy.stored()`.
   * @throws When the text is not a kubeconfig or violates the policy. The error names the field and the reason, but no secret.
   */
  public static parse(text: string, policy: KubeconfigPolicy = KubeconfigPolicy.stored()): Kubeconfig {
    const { namespace, ...parts } = policy._read(text);
    if (namespace !== undefined) return new Kubeconfig({ ...parts, namespace });
    throw userError({
      at: 'namespace',
      given: 'the context names none',
      expected: 'the namespace of this job, since kubectl would silently use "default"',
      fix: 'set it: `kubectl config set-context --current --namespace NAME`',
    });
  }

  /**
   * The address of the API server.
   */
  public readonly server: string;

  /**
   * The CA certificates that verify the server: base64 of PEM, in one line.
   */
  public readonly certificateAuthorityData?: string;

  /**
   * The host name in the server's certificate, when it is not the host of `server`.
   */
  public readonly tlsServerName?: string;

  /**
   * The proxy to the server.
   */
  public readonly proxyUrl?: string;

  /**
   * The namespace of commands.
   */
  public readonly namespace: string;

  /**
   * The name of the user entry.
   */
  public readonly user: string;

  /**
   * The name of the cluster entry.
   */
  public readonly cluster: string;

  /**
   * The name of the current context.
   */
  public readonly context: string;

  /**
   * The path of the file that contains the token, when the kubeconfig does not contain it.
   */
  public readonly tokenFile?: string;

  readonly #token?: string;

  /**
   * @throws When a value is invalid: a server without https, certificates that cannot be parsed, an invalid or protected namespace,
   * a token with white space or in base64, or not exactly one of `token` and `tokenFile`.
   */
  public constructor(props: KubeconfigProps) {
    checkNamespace('', props.namespace, props.allowProtectedNamespace);
    checkOneToken(props);
    if (props.token !== undefined) checkToken(props.token);
    this.server = checkUrl('server', props.server, ['https:']);
    this.certificateAuthorityData = optional(props.certificateAuthorityData, (data) => certificateData('certificateAuthorityData', data));
    this.tlsServerName = optional(props.tlsServerName, (name) => checkText('tlsServerName', name, /^[A-Za-z0-9.:_-]+$/, 'a host name or an address', 'use the host name in the server\'s certificate'));
    this.proxyUrl = optional(props.proxyUrl, (url) => checkUrl('proxyUrl', url, ['http:', 'https:', 'socks5:']));
    this.namespace = props.namespace;
    this.user = checkName('user', props.user ?? `gitlab-${props.namespace}`);
    this.cluster = checkName('cluster', props.cluster ?? 'kubernetes');
    this.context = checkName('context', props.context ?? `${this.user}@${this.cluster}`);
    this.tokenFile = optional(props.tokenFile, checkTokenFile);
    this.#token = props.token;
  }

  /**
   * The token, when the kubeconfig contains it. Treat it as a secret.
   */
  public get token(): string | undefined {
    return this.#token;
  }

  /**
   * The kubeconfig as YAML. GitLab cannot mask it, because it has several lines.
   */
  public toYaml(): string {
    return yamlModule().stringify(this.content(), { defaultKeyType: 'PLAIN', defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 });
  }

  /**
   * The kubeconfig as JSON, in one line without white space. kubectl reads JSON and YAML alike.
   * GitLab can mask it in a variable with expansion off. Choose type File.
   */
  public toJson(): string {
    return JSON.stringify(this.content()).replace(/ /g, '\\u0020');
  }

  /**
   * The base64 of `toJson()`, in one line. GitLab can mask it in every variable. The job must decode it.
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
