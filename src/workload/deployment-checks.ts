import type { CiDeploymentProps } from './ci-deployment-props';
import { userError, show } from '../base/user-error';
import { checkLabels } from '../kubernetes/labels';
import { dns1035Label, dns1123Label, dns1123Subdomain, envVarName, labelValue, NameRule } from '../kubernetes/names';
import { quantityRule } from '../kubernetes/quantity';

/**
 * Refuses props that Kubernetes would refuse, or take and never run.
 *
 * @param at The construct path.
 * @param name The name of the Deployment.
 */
export function checkDeployment(at: string, name: string, props: CiDeploymentProps): void {
  const check = (prop: string, value: string | undefined, rule: NameRule, use = '') => {
    const expected = value === undefined ? undefined : rule(value);
    if (expected) throw userError({ at, given: `${prop}${use} is ${show(value)}`, expected, fix: `change ${prop}` });
  };
  const checkNumber = (prop: string, value: number | undefined, lowest: number, highest: number) => {
    if (value === undefined || (Number.isInteger(value) && value >= lowest && value <= highest)) return;
    throw userError({ at, given: `${prop} is ${show(value)}`, expected: `a whole number from ${lowest} to ${highest}`, fix: `change ${prop}` });
  };
  const each = (prop: string, values: string[] | undefined, rule: NameRule) => values?.forEach((value) => check(prop, value, rule));

  check('name', name, dns1123Subdomain);
  check('name', name, labelValue, ', which becomes a label,');
  check('containerName', props.containerName ?? name, dns1123Label);
  if (props.servicePort !== undefined) check('name', name, dns1035Label, ', which the Service has as well,');
  check('serviceAccountName', props.serviceAccountName, dns1123Subdomain);
  check('healthPath', props.healthPath, absolutePath);
  each('writablePaths', props.writablePaths, absolutePath);
  each('imagePullSecrets', props.imagePullSecrets, dns1123Subdomain);
  each('envFromConfigMaps', props.envFromConfigMaps, dns1123Subdomain);
  each('envFromSecrets', props.envFromSecrets, dns1123Subdomain);
  each('a name in env', Object.keys(props.env ?? {}), envVarName);
  each('addCapabilities', props.addCapabilities, capability);
  checkLabels(at, 'label', props.labels);
  checkLabels(at, 'selector', props.selector);
  check('cpuRequest', props.cpuRequest, quantityRule);
  check('cpuLimit', props.cpuLimit, quantityRule);
  check('memoryRequest', props.memoryRequest, quantityRule);
  check('memoryLimit', props.memoryLimit, quantityRule);
  checkNumber('port', props.port, 1, 65_535);
  checkNumber('servicePort', props.servicePort, 1, 65_535);
  checkNumber('replicas', props.replicas, 0, 2_147_483_647);
  checkNumber('runAsUser', props.runAsUser, 0, 2_147_483_647);
  checkNumber('runAsGroup', props.runAsGroup, 0, 2_147_483_647);
  checkNumber('fsGroup', props.fsGroup, 0, 2_147_483_647);
  checkTogether(at, props);
}

const absolutePath: NameRule = (value) => (/^\/[^\0]*$/.test(value) && !value.includes('..') ? undefined : 'an absolute path');

const capability: NameRule = (value) =>
  /^[A-Z][A-Z_]*$/.test(value) && !value.startsWith('CAP_') ? undefined : 'a capability such as "NET_BIND_SERVICE", without "CAP_"';

function checkTogether(at: string, props: CiDeploymentProps): void {
  const refuse = (given: string, expected: string, fix: string) => { throw userError({ at, given, expected, fix }); };
  if (props.port === undefined && props.servicePort !== undefined) refuse('servicePort is given without port', 'both', 'give the port on which the application listens');
  if (props.port === undefined && props.healthPath !== undefined) refuse('healthPath is given without port', 'both', 'give the port on which the application listens');
  if (props.selector && Object.keys(props.selector).length === 0) refuse('selector is empty', 'at least one label', 'leave it out, or give those of the existing Deployment');
  if (props.runAsUser === 0 && (props.runAsNonRoot ?? true)) refuse('runAsUser is 0', 'another user while runAsNonRoot holds', 'give another user, or set runAsNonRoot: false and read its price');
}
