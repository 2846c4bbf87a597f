import type { VariableSettings } from './credential-variables';
import { scopeWarnings, widthWarnings } from './destination-warnings';
import type { GitlabOwner, GitlabToken, GitlabVariable } from '../gitlab/gitlab';
import { isAtLeast } from '../gitlab/release';

/**
 * What storing a credential will do, found out before anything is made.
 */
export interface DestinationReport {
  /** What the destination is called. */
  readonly destination: string;
  readonly url: string;
  /** Nothing where GitLab does not say. */
  readonly release?: string;
  readonly token?: GitlabToken;
  readonly owner: GitlabOwner;
  readonly variables: readonly PlannedVariable[];
  /** Whether a credential is there already. */
  readonly hasCredential: boolean;
  /** What will be done, in plain words. */
  readonly plan: readonly string[];
  /** What is good to know. */
  readonly notes: readonly string[];
  /** What someone should think about. */
  readonly warnings: readonly string[];
}

/**
 * What will become of one variable.
 */
export interface PlannedVariable extends Pick<GitlabVariable, 'key' | 'environmentScope' | 'type' | 'protected'> {
  /** What is there under this key and for this environment. */
  readonly existing?: GitlabVariable;
  /** Whether GitLab will hide it; nothing where that is not known. */
  readonly hidden?: boolean;
}

/**
 * The two variables, beside what there is.
 */
export function plannedVariables(settings: VariableSettings, existing: readonly GitlabVariable[], release: string | undefined): PlannedVariable[] {
  const { key, tokenKey, type, environmentScope, protected: isProtected } = settings;
  const hidden = isAtLeast(release, '17.4');
  return ([[tokenKey, 'env_var'], [key, type]] as const).map(([name, variableType]) => {
    const exists = existing.find((variable) => variable.key === name && variable.environmentScope === environmentScope);
    const planned = { key: name, environmentScope, type: variableType, protected: isProtected };
    return exists ? { ...planned, exists, hidden: exists.hidden } : { ...planned, hidden };
  });
}

/**
 * The plan in plain words.
 */
export function planText(variables: readonly PlannedVariable[]): string[] {
  return variables.map((variable) => `${variable.existing ? 'update' : 'create'} variable ${variable.key}: ${propertiesText(variable)}`);
}

/**
 * How a variable is kept: `type file, masked and hidden, protected`.
 */
export function propertiesText({ type, hidden, protected: isProtected }: Pick<PlannedVariable, 'type' | 'hidden' | 'protected'>): string {
  return [`type ${type}`, hidden ? 'masked and hidden' : 'masked', isProtected ? 'protected' : 'not protected'].join(', ');
}

/**
 * Whatever makes the credential reach more jobs, or others, than was meant.
 */
export function destinationWarnings(
  settings: VariableSettings, owner: GitlabOwner, planned: readonly PlannedVariable[], all: readonly GitlabVariable[],
): string[] {
  const { key, environmentScope, protected: isProtected } = settings;
  const visible = planned.filter(({ existing: exists }) => exists && !exists.hidden).map((variable) => variable.key);
  return [
    ...widthWarnings(environmentScope),
    ...(isProtected ? [] : ['not protected: jobs of every branch get the credential, so everyone who may push gets it']),
    ...scopeWarnings(key, environmentScope, all),
    ...(visible.length === 0 ? [] : [`GitLab hides new variables only: ${visible.join(' and ')} will not be hidden, unless removed before`]),
    ...(owner.kind === 'project' ? [] : groupWarnings(environmentScope, all)),
  ];
}

/** That there are environments already shows that there can be. */
function groupWarnings(scope: string, all: readonly GitlabVariable[]): string[] {
  const mayLackScopes = scope !== '*' && all.every(({ environmentScope }) => environmentScope === '*');
  return [
    'every project in the group gets the credential, those that come later too',
    ...(mayLackScopes ? ['environments of variables of a group are a feature of Premium: without it nothing will be stored'] : []),
  ];
}

/**
 * Which other source of the same variable loses or wins.
 */
export function precedenceNotes({ key }: VariableSettings, { kind }: GitlabOwner): string[] {
  return [
    ...(kind === 'group' ? [`a variable ${key} of a project wins over that of its group`] : []),
    ...(key === 'KUBECONFIG' ? [`it takes the place of the ${key} that a GitLab agent gives to jobs`] : []),
  ];
}
