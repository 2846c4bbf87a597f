import { kindName } from '../../../kubernetes/kinds';

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/**
 * What makes two mentions one object of a namespace, whatever the version of its API.
 */
export function objectKey({ apiVersion, kind, name }: Named): string {
  return `${kindName(apiVersion, kind)}/${name}`;
}
