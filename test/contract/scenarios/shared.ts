import { Stage } from '../recording/stage';

/** The application of most scenarios, and the credential that `deployer` makes. */
export const WEB = '--app web --environment production --kubeconfig ci.kubeconfig';

/** A namespace, and the credential of a deploy job in it. */
export const deployer = async (stage: Stage): Promise<void> => stage.makeDeployer();
