/**
 * GitLab's API, as one token reaches it. Transient failures are retried within the time budget that the caller set.
 *
 * Every method throws `GitlabError` when GitLab answers no, `HttpError` when something else answers in its place, and `Unreachable` when nothing
 * is known: no connection, no answer in time, or one that may pass (408, 429, 5xx; `cause` is then the refusal).
 */
export interface Gitlab {
  /** Its root, for people: `https://gitlab.example.com`. */
  readonly url: string;
  /** The release, as `17.4.2-ee`, or nothing where GitLab does not say. */
  release(): Promise<string | undefined>;
  /** What GitLab knows of the token itself, or nothing where it does not say: before 15.5, and of tokens that are no access tokens. */
  token(): Promise<GitlabToken | undefined>;
  /** @param name A number or a full path. */
  owner(kind: GitlabOwner['kind'], name: string): Promise<GitlabOwner>;
  /** All of them, of every page. */
  variables(owner: OwnerId): Promise<GitlabVariable[]>;
  /** Hidden where GitLab can. A second one of the same key and scope is refused, also when a first attempt was heard and its answer was lost. */
  create(owner: OwnerId, variable: NewVariable): Promise<GitlabVariable>;
  /** What GitLab hides stays hidden. */
  update(owner: OwnerId, variable: NewVariable): Promise<GitlabVariable>;
  /** Resolves to whether there was something to delete. */
  delete(owner: OwnerId, variable: VariableId): Promise<boolean>;
  close(): void;
}

/**
 * An access token.
 */
export interface GitlabToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly active: boolean;
  /** `YYYY-MM-DD`, or nothing when it never expires. */
  readonly expiresAt?: string;
}

/**
 * What identifies a project or group for good.
 */
export interface OwnerId {
  readonly kind: 'project' | 'group';
  readonly id: number;
}

/**
 * A project or group.
 */
export interface GitlabOwner extends OwnerId {
  /** The full path: `example-group/site`. */
  readonly path: string;
  /** The group that it is in, if it is in one. */
  readonly groupId?: number;
}

/**
 * What identifies a variable of one owner.
 */
export interface VariableId {
  readonly key: string;
  /** `*` for every environment. */
  readonly environmentScope: string;
}

/**
 * A CI/CD variable, without its value, which nothing here needs to know.
 */
export interface GitlabVariable extends VariableId {
  readonly type: VariableType;
  readonly protected: boolean;
  readonly masked: boolean;
  readonly hidden: boolean;
}

/** In a job, a `file` is the path of a file that holds the value. */
export type VariableType = 'file' | 'env_var';

/**
 * A variable to be written: always masked, never expanded.
 */
export interface NewVariable extends VariableId {
  readonly type: VariableType;
  readonly value: string;
  readonly protected: boolean;
}
