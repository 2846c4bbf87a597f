import { posix } from 'node:path';
import { fitsEnvironment, MASKED_BY_OLD_RUNNERS, maskingProblem } from '../../gitlab/masking';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { loopbackWarning } from '../credentials/credential-kubeconfig';
import { tableLines } from '../io/table';

/**
 * One format of the credential, and whether GitLab masks it.
 */
export interface FormReport {
  readonly form: string;
  readonly bytes: number;
  /** The reason why GitLab does not mask it while "Expand variable reference" is on. Null when GitLab masks it. */
  readonly notMaskedExpanded: string | null;
  /** The same while "Expand variable reference" is off. */
  readonly notMaskedRaw: string | null;
}

/**
 * A description of a kubeconfig that holds no secret.
 */
export interface KubeconfigReport {
  readonly server: string;
  readonly serverCertificates: 'embedded' | 'those the runner trusts';
  readonly namespace: string;
  readonly user: string;
  /** The file of the job that holds the token. Missing when the kubeconfig holds the token. */
  readonly tokenFile?: string;
  /** Empty for a kubeconfig without a secret, since there is nothing to mask. */
  readonly forms: FormReport[];
  readonly advice: string[];
  readonly warnings: string[];
}

/** The variable that kubectl reads. */
const KEY = 'KUBECONFIG';

const ADVICE = [
  `either ${KEY}, type File, value: the JSON, "Mask variable" on, "Expand variable reference" off; kubectl reads this file`,
  `or ${KEY}, type Variable, value: the base64, "Mask variable" on; the job decodes it into a file`,
  'and a second masked variable with the token alone: GitLab masks exact values only, so it would not mask a token that a job prints from the file',
  'both with "Protect variable" on, and with the environment of this namespace as the scope',
];

const ADVICE_WITHOUT_SECRET = [
  'a file in the repository: it holds no secret',
  'the job must request the token (`id_tokens`, with the `aud` that the cluster expects) and write it to the token file first',
];

/**
 * Describes a kubeconfig, with the masking of each format and advice on how to store it.
 */
export function kubeconfigReport(kubeconfig: Kubeconfig): KubeconfigReport {
  const { server, namespace, user, token, tokenFile } = kubeconfig;
  const forms = token === undefined ? new Map<string, string>() : formsOf(kubeconfig, token);
  return {
    server,
    serverCertificates: kubeconfig.certificateAuthorityData ? 'embedded' : 'those the runner trusts',
    namespace,
    user,
    tokenFile,
    forms: [...forms].map(([form, text]) => formReport(form, text)),
    advice: token === undefined ? ADVICE_WITHOUT_SECRET : ADVICE,
    warnings: [...warnings(kubeconfig, forms)],
  };
}

function formsOf(kubeconfig: Kubeconfig, token: string): Map<string, string> {
  return new Map([['yaml', kubeconfig.toYaml()], ['json', kubeconfig.toJson()], ['base64', kubeconfig.toBase64()], ['token', token]]);
}

/**
 * The report for people.
 */
export function kubeconfigReportText(report: KubeconfigReport): string {
  const head = [
    ['server', `${report.server} (certificates: ${report.serverCertificates})`],
    ['namespace', report.namespace],
    ['user', report.user],
    ...report.tokenFile === undefined ? [] : [['token file', report.tokenFile]],
  ];
  const rows = report.forms.map(({ form, bytes, notMaskedExpanded, notMaskedRaw }) =>
    [form, String(bytes), answer(notMaskedExpanded), answer(notMaskedRaw)]);
  return [
    ...tableLines(head),
    '',
    ...rows.length === 0 ? [] : [...tableLines([['form', 'bytes', 'masked, expanded', 'masked, not expanded'], ...rows]), ''],
    'store it in GitLab as',
    ...report.advice.map((line) => `- ${line}`),
    ...report.warnings.map((line) => `warning: ${line}`),
    '',
  ].join('\n');
}

function formReport(form: string, text: string): FormReport {
  return {
    form,
    bytes: Buffer.byteLength(text),
    notMaskedExpanded: maskingProblem(text, 'expanded') ?? null,
    notMaskedRaw: maskingProblem(text, 'raw') ?? null,
  };
}

function* warnings(kubeconfig: Kubeconfig, forms: ReadonlyMap<string, string>): Generator<string> {
  const loopback = loopbackWarning(new URL(kubeconfig.server).hostname);
  if (loopback !== undefined) yield loopback;
  if (kubeconfig.tokenFile !== undefined && !isAbsolute(kubeconfig.tokenFile)) {
    yield 'the token file has a relative name: it is relative to the folder of the kubeconfig, and neither ~ nor variables are expanded';
  }
  for (const form of ['json', 'base64']) {
    const text = forms.get(form) ?? '';
    const bytes = Buffer.byteLength(text);
    if (bytes > MASKED_BY_OLD_RUNNERS) yield `the ${form} has ${bytes} bytes: GitLab Runner before 15.4 may print the part beyond ${MASKED_BY_OLD_RUNNERS} bytes`;
    if (!fitsEnvironment(KEY, text)) yield `the ${form} does not fit into an environment variable of a Linux runner (131072 bytes with its name)`;
  }
  const token = forms.get('token');
  if (token !== undefined && maskingProblem(token, 'expanded')) yield 'GitLab masks the token alone only with "Expand variable reference" off, if at all';
}

// The job may run on another operating system.
function isAbsolute(file: string): boolean {
  return posix.isAbsolute(file) || /^(?:[A-Za-z]:[\\/]|\\\\)/.test(file);
}

function answer(problem: string | null): string {
  return problem === null ? 'yes' : `no: ${problem}`;
}
