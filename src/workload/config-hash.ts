import { createHash } from 'node:crypto';
import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { ConfigReference } from '../kubernetes/pod-spec';

/**
 * A hash over the contents of those ConfigMaps and Secrets that the same program defines, or nothing if it defines none of them.
 * With it on the pods, a change of their configuration rolls out like a change of their image.
 */
export function configHash(root: IConstruct, namespace: string | undefined, references: ConfigReference[]): string | undefined {
  if (references.length === 0) return undefined;
  const objects = root.node.findAll().filter((construct) => ApiObject.isApiObject(construct)) as ApiObject[];
  const contents = references.flatMap((reference) => objects.filter((object) => isMeant(object, namespace, reference)).map(contentOf));
  return contents.length > 0 ? createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 16) : undefined;
}

function isMeant(object: ApiObject, namespace: string | undefined, reference: ConfigReference): boolean {
  return object.kind === reference.kind && object.name === reference.name && object.metadata.namespace === namespace;
}

function contentOf(object: ApiObject): unknown {
  const { kind, metadata, data, stringData, binaryData } = object.toJson();
  return { kind, name: metadata.name, data, stringData, binaryData };
}
