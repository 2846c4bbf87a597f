/**
 * The hardening of a pod. The defaults satisfy level `restricted` of the Pod Security Standards. Each default has a prop to turn it off.
 *
 * An image that must run as root, such as the official `nginx`, needs `runAsNonRoot: false`, the capabilities it uses
 * (`CHOWN`, `SETGID`, `SETUID`, `NET_BIND_SERVICE`) and its writable paths (`/var/cache/nginx`, `/var/run`),
 * in a namespace that does not enforce `restricted`.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export interface PodSecurityOptions {
  /**
   * Whether the kubelet refuses to run the image as root. Then the image must name its user by number, or set `runAsUser`.
   *
   * The risk of `false`: root in the container becomes root on the node if the container runtime is vulnerable. Violates `restricted`.
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
   * The id of the group that owns the volumes. Other users than root can then write to them.
   *
   * @default - root owns the volumes
   */
  readonly fsGroup?: number;

  /**
   * Whether the container's file system is read-only, except `writablePaths`.
   *
   * The risk of `false`: an intruder can replace the program and install tools.
   *
   * @default true
   */
  readonly readOnlyRootFilesystem?: boolean;

  /**
   * Folders in which the processes may write. Each is an empty volume that is deleted with the pod.
   *
   * @default ['/tmp']
   */
  readonly writablePaths?: string[];

  /**
   * Whether a process may get more rights than its parent, for instance by a setuid program.
   *
   * The risk of `true`: a setuid program in the image circumvents `runAsNonRoot`. Violates `restricted`.
   *
   * @default false
   */
  readonly allowPrivilegeEscalation?: boolean;

  /**
   * Whether all Linux capabilities that container runtimes grant by default are dropped.
   *
   * The risk of `false`: processes can open raw sockets, change the owners of files, and more. Violates `restricted`.
   *
   * @default true
   */
  readonly dropAllCapabilities?: boolean;

  /**
   * Capabilities of the processes, without the prefix `CAP_`. All but `NET_BIND_SERVICE` violate `restricted`.
   *
   * @default - none
   */
  readonly addCapabilities?: string[];

  /**
   * Whether the container runtime's default seccomp profile filters system calls.
   *
   * The risk of `false`: processes can make every system call of the kernel. Violates `restricted`.
   *
   * @default true
   */
  readonly seccompRuntimeDefault?: boolean;

  /**
   * Whether the pods get a token for the Kubernetes API.
   *
   * The risk of `true`: an intruder in the pod has the rights of its ServiceAccount.
   *
   * @default false
   */
  readonly automountServiceAccountToken?: boolean;
}
