/** A self-signed certificate whose key does not exist any more. */
export const CA_PEM = `
-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUFblEUaI1ksac0DhffS/n2J/y86QwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAgFw0yNjExMjMxNDI5MDZaGA8yMTI2MTAz
MDE0MjkwNlowFTETMBEGA1UEAwwKa3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABKoJNvwnw0tqd4H/HjPsciKTPEOkyIpOkm7qTuIvDaK/k5PbjLRa
p9RPDHwEgM7P3SQoH4qqciaO3JvKC+c3X5qjUzBRMB0GA1UdDgQWBBROxqRNROyd
ZoM0mTM1ZTLrLq31yDAfBgNVHSMEGDAWgBROxqRNROydZoM0mTM1ZTLrLq31yDAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIG/2P45HHDRtGBI6obje
HjaYt2crR4/YOkoU3JCVef6zAiEArLd6Ivn5Mb6WFOCQDIMOZaAMAY+ZXiPnSebi
+ayH6bg=
-----END CERTIFICATE-----
`.trimStart();

export const CA_DATA = Buffer.from(CA_PEM).toString('base64');

/** A token with the format of a ServiceAccount's token, but without a valid signature. */
export const TOKEN = 'eyJhbGciOiJSUzI1NiIsImtpZCI6InRlc3QifQ.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6bnMxOmdpdGxhYi1uczEifQ.c2lnbmF0dXJlLW9mLW5vYm9keQ';

export const SERVER = 'https://203.0.113.7:6443';

type Fields = Record<string, unknown>;

export interface FileParts {
  readonly root?: Fields;
  readonly cluster?: Fields;
  readonly user?: Fields;
  readonly context?: Fields;
}

/**
 * A kubeconfig that every policy accepts, as JSON, with fields replaced. A field that is `undefined` is left out.
 */
export function kubeconfigFile({ root, cluster, user, context }: FileParts = {}): string {
  return JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'c', cluster: { 'server': SERVER, 'certificate-authority-data': CA_DATA, ...cluster } }],
    'users': [{ name: 'u', user: { token: TOKEN, ...user } }],
    'contexts': [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'ns1', ...context } }],
    'current-context': 'x',
    ...root,
  }, null, 2);
}

/**
 * The file that GitLab gives to a job of a project with an agent. It has no current context, no namespace and no CA, and its server URL has a path.
 */
export const AGENT_FILE = `---
apiVersion: v1
kind: Config
clusters:
- name: gitlab
  cluster:
    server: https://kas.gitlab.example.com/k8s-proxy/
users:
- name: agent:1
  user:
    token: ci:1:job-token
- name: agent:2
  user:
    token: ci:2:job-token
contexts:
- name: group/project:staging
  context:
    cluster: gitlab
    user: agent:1
- name: group/project:production
  context:
    cluster: gitlab
    user: agent:2
`;
