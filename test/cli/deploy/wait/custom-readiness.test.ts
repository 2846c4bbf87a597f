import type { JsonObject } from '../../../../src/base/json';
import { customReadiness, saysGeneration } from '../../../../src/cli/deploy/wait/custom-readiness';

/** Of the second generation. */
function object(apiVersion: string, kind: string, status: object | undefined): JsonObject {
  return { apiVersion, kind, metadata: { name: 'shop', generation: 2 }, spec: {}, ...status && { status } } as unknown as JsonObject;
}

const condition = (type: string, status: string, reason = '', more: object = {}) => ({ type, status, reason, message: '', lastTransitionTime: '2026-01-01T00:00:00Z', ...more });

/** What the object is, its status, whether it is ready, the message, and the reason and grace of a failure. */
type Row = [string, object | undefined, 'ready' | 'waiting' | 'not judged', RegExp, string?];

function rows(apiVersion: string, kind: string, ...cases: Row[]): void {
  const each = cases.map(([what, status, expected, message, failure = 'no failure']) => [what, status, expected, message, failure] as const);
  test.each(each)(`${kind} in ${apiVersion} %s`, (_, status, expected, message, failure) => {
    const readiness = customReadiness(object(apiVersion, kind, status));
    expect(readiness.isUnjudged ? 'not judged' : readiness.ready ? 'ready' : 'waiting').toBe(expected);
    expect(readiness.message).toMatch(message);
    expect(readiness.failure ? `${readiness.failure.reason} ${readiness.failure.grace}` : 'no failure').toBe(failure);
  });
}

rows('argoproj.io/v1alpha1', 'Rollout',
  ['is healthy', { observedGeneration: '2', phase: 'Healthy', replicas: 3, updatedReplicas: 3, availableReplicas: 3, conditions: [condition('Available', 'True', 'AvailableReason'), condition('Healthy', 'True', 'RolloutHealthy'), condition('Progressing', 'True', 'NewReplicaSetAvailable'), condition('Completed', 'True', 'RolloutCompleted')] }, 'ready', /^Available$/],
  ['sets the weight of a canary', { observedGeneration: '2', phase: 'Progressing', message: 'more replicas need to be updated', conditions: [condition('Available', 'True'), condition('Progressing', 'True', 'ReplicaSetUpdated')] }, 'waiting', /^phase is Progressing: more replicas need to be updated$/],
  ['is paused at a step', { observedGeneration: '2', phase: 'Paused', message: 'CanaryPauseStep', pauseConditions: [{ reason: 'CanaryPauseStep' }], conditions: [condition('Healthy', 'False', 'RolloutHealthy'), condition('Progressing', 'Unknown', 'RolloutPaused')] }, 'ready', /^phase is Paused: CanaryPauseStep$/],
  ['has timed out while its old pods are available', { observedGeneration: '2', phase: 'Degraded', message: 'ProgressDeadlineExceeded: timed out', conditions: [condition('Available', 'True', 'AvailableReason'), condition('Progressing', 'False', 'ProgressDeadlineExceeded')] }, 'waiting', /^Progressing is False \(ProgressDeadlineExceeded\)/, 'ProgressDeadlineExceeded permanent'],
  ['was aborted', { observedGeneration: '2', phase: 'Degraded', message: 'RolloutAborted: metric "success" failed', abort: true, conditions: [condition('Available', 'True')] }, 'waiting', /^phase is Degraded: RolloutAborted/, 'Degraded permanent'],
  ['has an invalid spec', { observedGeneration: '2', phase: 'Degraded', conditions: [condition('InvalidSpec', 'True', 'InvalidSpec')] }, 'waiting', /^InvalidSpec is True/, 'InvalidSpec permanent'],
  ['is healthy in the generation before, as a text', { observedGeneration: '1', phase: 'Healthy', conditions: [condition('Available', 'True')] }, 'waiting', /^its controller has not observed the latest change yet$/],
  ['has timed out in the generation before', { observedGeneration: '1', phase: 'Degraded', conditions: [condition('Available', 'True'), condition('Progressing', 'False', 'ProgressDeadlineExceeded')] }, 'waiting', /not observed the latest change yet; its status before: Progressing is False \(ProgressDeadlineExceeded\)/, 'ProgressDeadlineExceeded timeout'],
  ['has a hash for its generation, as before version 1.0', { observedGeneration: '7bcdbf7bd9', conditions: [condition('Available', 'True')] }, 'ready', /^Available$/],
);

rows('external-secrets.io/v1', 'ExternalSecret',
  ['is synced', { refreshTime: '2026-01-01T00:00:00Z', syncedResourceVersion: '2-0a1b2c', binding: { name: 'db' }, conditions: [condition('Ready', 'True', 'SecretSynced')] }, 'ready', /^Ready$/],
  ['was synced in the generation before', { syncedResourceVersion: '1-0a1b2c', conditions: [condition('Ready', 'True', 'SecretSynced')] }, 'waiting', /not observed/],
  ['cannot read its store', { syncedResourceVersion: '1-0a1b2c', conditions: [condition('Ready', 'False', 'SecretSyncedError', { message: 'could not get secret data from provider' })] }, 'waiting', /^Ready is False \(SecretSyncedError\): could not get/, 'SecretSyncedError temporary'],
  ['has just been created', { refreshTime: null, conditions: [] }, 'not judged', /^not judged: its status has no condition such as Ready$/],
);

rows('bitnami.com/v1alpha1', 'SealedSecret',
  ['is unsealed', { observedGeneration: 2, conditions: [condition('Synced', 'True')] }, 'ready', /^Synced$/],
  ['cannot be unsealed', { observedGeneration: 2, conditions: [condition('Synced', 'False', '', { message: 'no key could decrypt secret (password)' })] }, 'waiting', /^Synced is False: no key could decrypt/, 'Synced temporary'],
  ['was unsealed before the change', { observedGeneration: 1, conditions: [condition('Synced', 'True')] }, 'waiting', /not observed/],
);

rows('cert-manager.io/v1', 'Certificate',
  ['is issued', { notAfter: '2026-06-01T00:00:00Z', conditions: [condition('Ready', 'True', 'Ready', { observedGeneration: 2 })] }, 'ready', /^Ready$/],
  ['is being issued', { conditions: [condition('Issuing', 'True', 'DoesNotExist', { observedGeneration: 2 }), condition('Ready', 'False', 'DoesNotExist', { observedGeneration: 2 })] }, 'waiting', /^Issuing is True \(DoesNotExist\)/],
  ['is being renewed after the change', { conditions: [condition('Ready', 'True', 'Ready', { observedGeneration: 1 })] }, 'waiting', /not observed/],
  ['was refused by its issuer', { failedIssuanceAttempts: 1, conditions: [condition('Issuing', 'False', 'Failed', { observedGeneration: 2 }), condition('Ready', 'False', 'Failed', { observedGeneration: 2 })] }, 'waiting', /^Ready is False \(Failed\)/, 'Failed temporary'],
);

rows('postgresql.cnpg.io/v1', 'Cluster',
  ['is healthy', { phase: 'Cluster in healthy state', instances: 3, readyInstances: 3, conditions: [condition('Ready', 'True', 'ClusterIsReady'), condition('ContinuousArchiving', 'False', 'ContinuousArchivingFailing')] }, 'ready', /^Ready$/],
  ['starts', { phase: 'Setting up primary', instances: 3 }, 'waiting', /^phase is Setting up primary$/],
  ['rolls out while Ready is still True', { phase: 'Upgrading cluster', phaseReason: 'rolling out', conditions: [condition('Ready', 'True', 'ClusterIsReady')] }, 'waiting', /^phase is Upgrading cluster: rolling out$/],
  ['is unrecoverable', { phase: 'Cluster is unrecoverable and needs manual intervention', conditions: [] }, 'waiting', /unrecoverable/, 'Failed temporary'],
);

rows('acid.zalan.do/v1', 'postgresql',
  ['runs', { PostgresClusterStatus: 'Running' }, 'ready', /^phase is Running$/],
  ['is updated', { PostgresClusterStatus: 'Updating' }, 'waiting', /^phase is Updating$/],
  ['could not be created', { PostgresClusterStatus: 'CreateFailed' }, 'waiting', /^phase is CreateFailed$/, 'CreateFailed temporary'],
);

rows('kafka.strimzi.io/v1beta2', 'Kafka',
  ['is ready', { observedGeneration: 2, clusterId: 'a', conditions: [condition('Ready', 'True')] }, 'ready', /^Ready$/],
  ['is created', { observedGeneration: 2, conditions: [condition('NotReady', 'True', 'Creating')] }, 'waiting', /^NotReady is True \(Creating\)/, 'Creating timeout'],
  ['was ready before the change', { observedGeneration: 1, conditions: [condition('Ready', 'True')] }, 'waiting', /not observed/],
);

rows('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch',
  ['is green', { observedGeneration: 2, health: 'green', phase: 'Ready', availableNodes: 3 }, 'ready', /^phase is Ready$/],
  ['is yellow, as a cluster of one node always is', { observedGeneration: 2, health: 'yellow', phase: 'Ready', availableNodes: 1 }, 'ready', /^phase is Ready$/],
  ['is red', { observedGeneration: 2, health: 'red', phase: 'Ready', availableNodes: 2 }, 'waiting', /^health is red$/],
  ['moves data', { observedGeneration: 2, health: 'green', phase: 'MigratingData' }, 'waiting', /^phase is MigratingData$/],
  ['is invalid', { observedGeneration: 2, health: 'green', phase: 'Invalid' }, 'waiting', /^phase is Invalid$/, 'Invalid temporary'],
);

rows('keda.sh/v1alpha1', 'ScaledObject',
  ['is idle', { conditions: [condition('Ready', 'True', 'ScaledObjectReady'), condition('Active', 'False', 'ScalerNotActive'), condition('Fallback', 'False', 'NoFallbackFound'), condition('Paused', 'Unknown')] }, 'ready', /^Ready$/],
  ['has no target', { conditions: [condition('Ready', 'False', 'ScaledObjectCheckFailed'), condition('Active', 'Unknown')] }, 'waiting', /ScaledObjectCheckFailed/, 'ScaledObjectCheckFailed temporary'],
);

rows('serving.knative.dev/v1', 'Service',
  ['is ready', { observedGeneration: 2, conditions: ['ConfigurationsReady', 'Ready', 'RoutesReady'].map((type) => condition(type, 'True')) }, 'ready', /^Ready$/],
  ['starts its revision', { observedGeneration: 2, conditions: [condition('ConfigurationsReady', 'Unknown'), condition('Ready', 'Unknown'), condition('RoutesReady', 'Unknown')] }, 'waiting', /^Ready is Unknown$/],
  ['has a revision that fails', { observedGeneration: 2, conditions: [condition('ConfigurationsReady', 'False', 'RevisionFailed'), condition('Ready', 'False', 'RevisionFailed'), condition('RoutesReady', 'True')] }, 'waiting', /RevisionFailed/, 'RevisionFailed temporary'],
);

rows('helm.toolkit.fluxcd.io/v2', 'HelmRelease',
  ['is released', { observedGeneration: 2, conditions: [condition('Ready', 'True', 'UpgradeSucceeded', { observedGeneration: 2 }), condition('Released', 'True', 'UpgradeSucceeded', { observedGeneration: 1 })] }, 'ready', /^Ready$/],
  ['upgrades', { observedGeneration: 1, conditions: [condition('Reconciling', 'True', 'Progressing', { observedGeneration: 2 }), condition('Ready', 'Unknown', 'Progressing', { observedGeneration: 2 })] }, 'waiting', /not observed the latest change yet; its status before: Reconciling is True/],
  ['has stopped to try', { observedGeneration: 2, conditions: [condition('Stalled', 'True', 'RetriesExceeded', { observedGeneration: 2 }), condition('Ready', 'False', 'RetriesExceeded', { observedGeneration: 2 })] }, 'waiting', /^Stalled is True/, 'RetriesExceeded permanent'],
  ['failed, and tries again', { observedGeneration: 2, conditions: [condition('Ready', 'False', 'InstallFailed', { observedGeneration: 2 })] }, 'waiting', /InstallFailed/],
);

rows('rds.aws.upbound.io/v1beta1', 'Instance',
  ['is synced and ready', { conditions: [condition('Ready', 'True', 'Available'), condition('Synced', 'True', 'ReconcileSuccess')] }, 'ready', /^Ready$/],
  ['is ready while the change fails', { conditions: [condition('Ready', 'True', 'Available'), condition('Synced', 'False', 'ReconcileError')] }, 'waiting', /^Synced is False \(ReconcileError\)$/],
);

rows('rabbitmq.com/v1beta1', 'RabbitmqCluster',
  ['is ready', { observedGeneration: 2, conditions: [condition('AllReplicasReady', 'True'), condition('ClusterAvailable', 'True'), condition('NoWarnings', 'False'), condition('ReconcileSuccess', 'True')] }, 'ready', /^ReconcileSuccess$/],
  ['forms', { observedGeneration: 2, conditions: [condition('AllReplicasReady', 'False', 'NotAllPodsReady'), condition('ClusterAvailable', 'True'), condition('ReconcileSuccess', 'True')] }, 'waiting', /^AllReplicasReady is False \(NotAllPodsReady\)$/],
);

rows('monitoring.coreos.com/v1', 'Prometheus',
  ['is available', { conditions: [condition('Available', 'True', '', { observedGeneration: 2 }), condition('Reconciled', 'True', '', { observedGeneration: 2 })] }, 'ready', /^Available$/],
  ['is not reconciled', { conditions: [condition('Available', 'True', '', { observedGeneration: 2 }), condition('Reconciled', 'False', 'ReconciliationFailed', { observedGeneration: 2 })] }, 'waiting', /^Reconciled is False/],
);

rows('gateway.networking.k8s.io/v1', 'HTTPRoute',
  ['is accepted', { parents: [{ parentRef: { name: 'web' }, conditions: [condition('Accepted', 'True', 'Accepted', { observedGeneration: 2 }), condition('ResolvedRefs', 'True', 'ResolvedRefs', { observedGeneration: 2 })] }] }, 'ready', /^accepted by its Gateways$/],
  ['names no Service', { parents: [{ conditions: [condition('Accepted', 'True', 'Accepted', { observedGeneration: 2 }), condition('ResolvedRefs', 'False', 'BackendNotFound', { observedGeneration: 2 })] }] }, 'waiting', /^ResolvedRefs is False \(BackendNotFound\)$/],
  ['was accepted before the change', { parents: [{ conditions: [condition('Accepted', 'True', 'Accepted', { observedGeneration: 1 })] }] }, 'waiting', /not observed/],
  ['has no Gateway', { parents: [] }, 'not judged', /^not judged: no Gateway has answered$/],
);

rows('argoproj.io/v1alpha1', 'Workflow',
  ['runs', { phase: 'Running' }, 'waiting', /^phase is Running$/],
  ['has succeeded', { phase: 'Succeeded', conditions: [condition('Completed', 'True')] }, 'ready', /^phase is Succeeded$/],
  ['has failed', { phase: 'Failed', message: 'child failed' }, 'waiting', /^phase is Failed: child failed$/, 'Failed temporary'],
);

rows('example.com/v1', 'Shop',
  ['has no status', undefined, 'not judged', /^not judged: it has no status$/],
  ['has an empty status', {}, 'not judged', /^not judged: its status has no condition such as Ready$/],
  ['has only a condition that says nothing about readiness', { conditions: [condition('BackedUp', 'False')] }, 'not judged', /no condition such as Ready/],
  ['has observed the change and writes nothing else', { observedGeneration: 2 }, 'ready', /^its controller has observed the latest change$/],
  ['is available while a change goes on', { conditions: [condition('Available', 'True'), condition('Progressing', 'True', 'RollingOut')] }, 'ready', /^Available$/],
  ['is available although a change has failed', { conditions: [condition('Available', 'True'), condition('Progressing', 'False', 'InstallFailed')] }, 'waiting', /InstallFailed/, 'InstallFailed permanent'],
  ['is degraded', { conditions: [condition('Available', 'True'), condition('Degraded', 'True', 'PodCrash')] }, 'waiting', /^Degraded is True \(PodCrash\)$/, 'PodCrash timeout'],
  ['has a state', { state: 'initializing' }, 'waiting', /^phase is initializing$/],
);

test.each<[string, object, boolean]>([
  ['observedGeneration as a number', { observedGeneration: 1 }, true],
  ['observedGeneration as a text', { observedGeneration: '2' }, true],
  ['observedGeneration of a condition', { conditions: [condition('Ready', 'True', '', { observedGeneration: 2 })] }, true],
  ['observedGeneration of a Gateway', { parents: [{ conditions: [condition('Accepted', 'True', '', { observedGeneration: 2 })] }] }, true],
  ['the version that an ExternalSecret synced', { syncedResourceVersion: '2-abc' }, true],
  ['the version that an ExternalSecret synced before', { syncedResourceVersion: '1-abc' }, false],
  ['a hash', { observedGeneration: '7bcdbf7bd9' }, false],
  ['nothing', { conditions: [condition('Ready', 'True')] }, false],
])('a status with %s says its generation: %s', (_, status, expected) => {
  expect(saysGeneration(object('example.com/v1', 'Shop', status))).toBe(expected);
});
