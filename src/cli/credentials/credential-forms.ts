import type { Kubeconfig } from '../../kubeconfig';

/** The forms of a credential, the first one being the default. */
export const FORM_NAMES = ['yaml', 'json', 'base64'] as const;

export type FormName = typeof FORM_NAMES[number];

/**
 * A credential in one of its forms.
 */
export function inForm(credential: Kubeconfig, form: FormName): string {
  return FORMS[form](credential);
}

const FORMS: Record<FormName, (credential: Kubeconfig) => string> = {
  yaml: (credential) => credential.toYaml(),
  json: (credential) => credential.toJson(),
  base64: (credential) => credential.toBase64(),
};
