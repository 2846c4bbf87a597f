/**
 * The Pod Security Standards by the rules of k8s.io/pod-security-admission, for Kubernetes 1.25 and later.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export interface PodSecurityOptions {
  /** @default 'restricted' */
  readonly level?: 'baseline' | 'restricted';
  /** The minor version of Kubernetes whose rules apply. @default 37 */
  readonly minor?: number;
}

/** A Pod, or the pod template of a workload. */
export interface PodLike {
  readonly metadata?: { readonly annotations?: Record<string, string> };
  readonly spec: PodSpec;
}

interface PodSpec {
  readonly os?: { readonly name?: string };
  readonly hostUsers?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: SecurityContext;
  readonly volumes?: Array<Record<string, unknown>>;
  readonly initContainers?: Container[];
  readonly containers?: Container[];
  readonly ephemeralContainers?: Container[];
}

interface Container {
  readonly name: string;
  readonly ports?: Array<{ readonly hostPort?: number }>;
  readonly securityContext?: SecurityContext;
  readonly livenessProbe?: Handler;
  readonly readinessProbe?: Handler;
  readonly startupProbe?: Handler;
  readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler };
}

interface Handler {
  readonly httpGet?: { readonly host?: string };
  readonly tcpSocket?: { readonly host?: string };
}

/** The fields of pods and of containers. Each has a part of them. */
interface SecurityContext {
  readonly allowPrivilegeEscalation?: boolean;
  readonly appArmorProfile?: Profile;
  readonly capabilities?: { readonly add?: string[]; readonly drop?: string[] };
  readonly privileged?: boolean;
  readonly procMount?: string;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seccompProfile?: Profile;
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly sysctls?: Array<{ readonly name: string }>;
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

interface Profile {
  readonly type?: string;
}

/** Gives the violations of a rule. */
type Rule = (pod: PodLike, minor: number) => string[];

/**
 * Gives the violations of a pod, one sentence each.
 */
export function podSecurityViolations(pod: PodLike, { level = 'restricted', minor = 37 }: PodSecurityOptions = {}): string[] {
  const rules = level === 'baseline' ? BASELINE : { ...BASELINE, ...RESTRICTED };
  return Object.entries(rules).flatMap(([name, rule]) => rule(pod, minor).map((violation) => `${name}: ${violation}`));
}

const BASELINE: Record<string, Rule> = {
  appArmorProfile: (pod) => [
    ...unconfined(pod, ({ appArmorProfile }) => appArmorProfile),
    ...Object.entries(pod.metadata?.annotations ?? {}).filter(isForbiddenAppArmor)
      .map(([key, value]) => `annotation ${key} must not be "${value}"`),
  ],
  capabilities: (pod) => addedCapabilities(pod, DEFAULT_CAPABILITIES),
  hostNamespaces: ({ spec }) =>
    (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]).map((field) => `pod must not set ${field}`),
  hostPorts: (pod) => containers(pod).flatMap(({ name, ports }) =>
    (ports ?? []).filter(({ hostPort }) => hostPort).map(({ hostPort }) => `container "${name}" must not use hostPort ${hostPort}`)),
  hostProbesAndHostLifecycle: (pod, minor) => minor < 34 ? [] : containers(pod).flatMap((container) =>
    handlerHosts(container).map((host) => `container "${container.name}" must not name host "${host}" in a probe or lifecycle hook`)),
  privileged: (pod) => setters(pod, ({ privileged }) => privileged === true, 'must not set privileged'),
  procMount: (pod, minor) => minor >= 35 && hasUserNamespace(pod) ? [] : procMount(pod),
  seLinuxOptions: (pod, minor) =>
    setters(pod, ({ seLinuxOptions }) => !isAllowedSeLinux(seLinuxOptions, minor), 'must not set a user, a role or a type not made for containers'),
  seccompProfile: (pod) => unconfined(pod, ({ seccompProfile }) => seccompProfile),
  sysctls: ({ spec }, minor) => (spec.securityContext?.sysctls ?? []).filter(({ name }) => !((SYSCTLS_SINCE[name] ?? Infinity) <= minor))
    .map(({ name }) => `pod must not set ${name}`),
  volumes: ({ spec }) => (spec.volumes ?? []).filter((volume) => volume.hostPath).map((volume) => `volume "${volume.name}" must not be a hostPath`),
  windowsHostProcess: (pod) => setters(pod, ({ windowsOptions }) => windowsOptions?.hostProcess === true, 'must not set windowsOptions.hostProcess'),
};

/** A rule with the name of a baseline rule replaces that one. */
const RESTRICTED: Record<string, Rule> = {
  allowPrivilegeEscalation: exceptOnWindows((pod) => containers(pod)
    .filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
    .map(({ name }) => `container "${name}" must set it to false`)),
  capabilities: exceptOnWindows((pod) => [
    ...containers(pod).filter(keepsCapabilities).map(({ name }) => `container "${name}" must drop ALL`),
    ...addedCapabilities(pod, ['NET_BIND_SERVICE']),
  ]),
  procMount,
  runAsNonRoot: exceptInUserNamespace((pod) => [
    ...setters(pod, ({ runAsNonRoot }) => runAsNonRoot === false, 'must not set it to false'),
    ...uncovered(pod, ({ runAsNonRoot }) => runAsNonRoot, (value) => value === true)
      .map(({ name }) => `pod or container "${name}" must set it to true`),
  ]),
  runAsUser: exceptInUserNamespace((pod) => setters(pod, ({ runAsUser }) => runAsUser === 0, 'must not set it to 0')),
  seccompProfile: exceptOnWindows((pod) => [
    ...unconfined(pod, ({ seccompProfile }) => seccompProfile),
    ...uncovered(pod, ({ seccompProfile }) => seccompProfile, (profile) => isConfined(profile?.type))
      .map(({ name }) => `pod or container "${name}" must set type RuntimeDefault or Localhost`),
  ]),
  volumes: ({ spec }) => (spec.volumes ?? []).filter((volume) => !isAllowedVolume(volume))
    .map((volume) => `volume "${volume.name}" must be one of ${VOLUME_TYPES.join(', ')}`),
};

const VOLUME_TYPES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'];

const DEFAULT_CAPABILITIES = [
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD',
  'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
];

const SYSCTLS_SINCE: Record<string, number> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
  'net.ipv4.tcp_slow_start_after_idle': 37,
  'net.ipv4.tcp_notsent_lowat': 37,
};

/** Windows has none of these settings, and the API rejects Windows pods that set them. */
function exceptOnWindows(rule: Rule): Rule {
  return (pod, minor) => pod.spec.os?.name === 'windows' ? [] : rule(pod, minor);
}

/** Root in a user namespace has no rights outside it. */
function exceptInUserNamespace(rule: Rule): Rule {
  return (pod, minor) => minor >= 35 && hasUserNamespace(pod) ? [] : rule(pod, minor);
}

function hasUserNamespace({ spec }: PodLike): boolean {
  return spec.hostUsers === false;
}

function containers({ spec }: PodLike): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

/** The pod and the containers whose own security context violates the rule. */
function setters(pod: PodLike, isBad: (context: SecurityContext) => boolean, violation: string): string[] {
  const holders = containers(pod).map(({ name, securityContext }) => ({ name: `container "${name}"`, securityContext }));
  return [{ name: 'pod', securityContext: pod.spec.securityContext }, ...holders]
    .filter(({ securityContext }) => securityContext && isBad(securityContext))
    .map(({ name }) => `${name} ${violation}`);
}

/** The containers that inherit a setting from the pod, if the pod's value violates the rule. */
function uncovered<T>(pod: PodLike, setting: (context: SecurityContext) => T | undefined, isRight: (value: T | undefined) => boolean): Container[] {
  if (isRight(setting(pod.spec.securityContext ?? {}))) return [];
  return containers(pod).filter(({ securityContext }) => setting(securityContext ?? {}) === undefined);
}

/** The pod and the containers with a profile that does not confine them. */
function unconfined(pod: PodLike, profileOf: (context: SecurityContext) => Profile | undefined): string[] {
  const isBad = (profile: Profile | undefined) => profile !== undefined && !isConfined(profile.type);
  return setters(pod, (context) => isBad(profileOf(context)), 'must not set another type than RuntimeDefault or Localhost');
}

function isConfined(type: string | undefined): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost';
}

function isForbiddenAppArmor([key, value]: [string, string]): boolean {
  return key.startsWith('container.apparmor.security.beta.kubernetes.io/') && !/^$|^runtime\/default$|^localhost\//.test(value);
}

function isAllowedSeLinux({ type = '', user, role }: SecurityContext['seLinuxOptions'] = {}, minor: number): boolean {
  const types = ['', 'container_t', 'container_init_t', 'container_kvm_t', ...(minor >= 31 ? ['container_engine_t'] : [])];
  return types.includes(type) && !user && !role;
}

/** A volume without a type counts as an emptyDir. */
function isAllowedVolume(volume: Record<string, unknown>): boolean {
  return Object.keys(volume).every((field) => field === 'name') || VOLUME_TYPES.some((type) => volume[type]);
}

function addedCapabilities(pod: PodLike, allowed: string[]): string[] {
  return containers(pod).flatMap(({ name, securityContext }) => {
    const forbidden = (securityContext?.capabilities?.add ?? []).filter((added) => !allowed.includes(added));
    return forbidden.map((added) => `container "${name}" must not add ${added}`);
  });
}

function keepsCapabilities({ securityContext }: Container): boolean {
  return !securityContext?.capabilities?.drop?.includes('ALL');
}

function procMount(pod: PodLike): string[] {
  return setters(pod, (context) => context.procMount !== undefined && context.procMount !== 'Default', 'must not set another procMount than Default');
}

function handlerHosts({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  return [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
    .flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host])
    .filter((host): host is string => Boolean(host));
}
