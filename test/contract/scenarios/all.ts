import { DEPLOY } from './deploy';
import { Scenario } from '../scenario';

/** Every scenario of the contract. */
export const SCENARIOS: readonly Scenario[] = [...DEPLOY];
