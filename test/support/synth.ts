import { ApiObject, App, Chart, Testing } from 'cdk8s';
import { NamespacedChart, NamespacedChartProps } from '../../src';

/** Makes an app with its own output folder. The app writes files only in `synth()`. */
export function app(): App {
  return Testing.app();
}

export function plainChart(id = 'chart'): Chart {
  return new Chart(app(), id);
}

export function namespacedChart(props: Partial<NamespacedChartProps> = {}): NamespacedChart {
  return new NamespacedChart(app(), 'chart', { namespace: 'example', ...props });
}

/** The manifest as plain data, for tests that read its fields. */
export type Manifest = any;

export function synth(chart: Chart): Manifest[] {
  return Testing.synth(chart);
}

export function only(kind: string, manifests: Manifest[]): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind} among ${manifests.map((m) => m.kind).join(', ')}`);
  return found[0];
}

export function rawObject(chart: Chart, id: string, object: { apiVersion: string; kind: string; [field: string]: unknown }): ApiObject {
  return new ApiObject(chart, id, object);
}

/** The message of the thrown error, so that a test can make several assertions about it. */
export function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
