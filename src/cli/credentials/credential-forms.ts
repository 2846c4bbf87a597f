import { UserError } from '../../base/user-error';
import { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { KubeconfigPolicy } from '../../kubeconfig/kubeconfig-policy';

/** The forms of a credential, the first one being the default. */
export const FORM_NAMES = ['yaml', 'json', 'base64'] as const;

export type FormName = typeof FORM_NAMES[number];

/**
 * A credential in one of its forms.
 */
export function inForm(credential: Kubeconfig, form: FormName): string {
  return FORMS[form](credential);
}

/**
 * The credential that a text is, whatever its form, or nothing when it is none.
 */
export function inSomeForm(text: string): Kubeconfig | undefined {
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}\s*$/.test(text);
  try {
    return Kubeconfig.parse(isBase64 ? Buffer.from(text, 'base64').toString('utf8') : text, KubeconfigPolicy.stored({ allowProtectedNamespace: true }));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const FORMS: Record<FormName, (credential: Kubeconfig) => string> = {
  yaml: (credential) => credential.toYaml(),
  json: (credential) => credential.toJson(),
  base64: (credential) => credential.toBase64(),
};
