import { kubectl } from '../../../test/support/kubectl';
import { FILLED_IN, layTemplate, Peer } from '../peer';

/** kubectl says nothing of how a rollout goes, unless it is asked. */
export const ROLLOUT_STATUS = 'kubectl rollout status deployment/web --timeout "${LIMIT}s"';

export const kubectlApply: Peer = {
  name: 'sed + kubectl apply',
  script: `${FILLED_IN} | kubectl apply -f - && ${ROLLOUT_STATUS}`,
  programs: () => ({ kubectl: kubectl() }),
  lay: layTemplate,
};
