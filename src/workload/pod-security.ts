/**
 * How far a pod is locked in. The defaults satisfy level `restricted` of the Pod Security Standards; each can be given up, at a price.
 *
 * An image that must run as root, such as the official `nginx`, needs `runAsNonRoot: false`, the capabilities it uses
 * (`CHOWN`, `SETGID`, `SETUID`, `NET_BIND_SERVICE`) and its writable paths (`/var/cache/nginx`, `/var/run`),
 * in a namespace that does not enforce `restricted`.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export interface PodSecurityOptions {
  /**
   * Whether the kubelet refuses to start the image as root. The image must then name its user by number, or `runAsUser` does.
   *
   * The price of `false`: root in the container is root on the node when the container runtime has a hole. Violates `restricted`.
   *
   * @default true
   */
  readonly runAsNonRoot?: boolean;

  /**
   * The user id of the processes.
   *
   * @default - the user of the image
   */
  readonly runAsUser?: number;

  /**
   * The primary group id of the processes.
   *
   * @default - the group of the image
   */
  readonly runAsGroup?: number;

  /**
   * The group that owns the volumes, so that a user other than root can write to them.
   *
   * @default - volumes belong to root
   */
  readonly fsGroup?: number;

  /**
   * Whether the files of the image cannot be changed by the processes; they write to `writablePaths` only.
   *
   * The price of `false`: an intruder can replace the program and leave tools behind.
   *
   * @default true
   */
  readonly readOnlyRootFilesystem?: boolean;

  /**
   * Folders in which the processes may write, each an empty volume that ends with the pod.
   *
   * @default ['/tmp']
   */
  readonly writablePaths?: string[];

  /**
   * Whether a process may gain more rights than its parent, by a setuid program for instance.
   *
   * The price of `true`: `runAsNonRoot` can be got around where the image holds such a program. Violates `restricted`.
   *
   * @default false
   */
  readonly allowPrivilegeEscalation?: boolean;

  /**
   * Whether the capabilities that container runtimes give by default are taken away.
   *
   * The price of `false`: raw sockets, changing owners, and more. Violates `restricted`.
   *
   * @default true
   */
  readonly dropAllCapabilities?: boolean;

  /**
   * Capabilities that the processes need, without the prefix `CAP_`. All but `NET_BIND_SERVICE` violate `restricted`.
   *
   * @default - none
   */
  readonly addCapabilities?: string[];

  /**
   * Whether the container runtime's filter of system calls is on.
   *
   * The price of `false`: every system call of the kernel can be reached. Violates `restricted`.
   *
   * @default true
   */
  readonly seccompRuntimeDefault?: boolean;

  /**
   * Whether pods get a token for the Kubernetes API.
   *
   * The price of `true`: who breaks into the pod holds the rights of its ServiceAccount.
   *
   * @default false
   */
  readonly automountServiceAccountToken?: boolean;
}
