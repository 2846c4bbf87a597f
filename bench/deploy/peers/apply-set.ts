import { ROLLOUT_STATUS } from './kubectl-apply';
import { kubectl } from '../../../test/support/kubectl';
import { FILLED_IN, layTemplate, Peer } from '../peer';

/** Its parent is a Secret, which a namespace's own rights suffice for. */
export const applySet: Peer = {
  name: 'kubectl ApplySet',
  script: `${FILLED_IN} | KUBECTL_APPLYSET=true kubectl apply --server-side --prune --applyset web --namespace "$NAMESPACE" -f - && ${ROLLOUT_STATUS}`,
  programs: () => ({ kubectl: kubectl() }),
  lay: layTemplate,
};
