/** The files in which Renovate looks for its configuration. The first is the one for a new project. */
export const RENOVATE_FILES = [
  'renovate.json', 'renovate.json5', '.github/renovate.json', '.github/renovate.json5', '.gitlab/renovate.json', '.gitlab/renovate.json5', '.renovaterc',
  '.renovaterc.json', '.renovaterc.json5',
];

/** Renovate runs them after an update, if its administrator allows them. The scripts of packages do not run. */
const COMMANDS = ['npm ci --ignore-scripts', 'npx cdk8s-ci-deploy pipeline'];

/**
 * The configuration of Renovate for a project. The pipeline's file contains the SHA-256 of the command and the images of the jobs, so an update of the package
 * or of an image in pipeline.ts writes the file again.
 *
 * @param pipelineFile The file of the pipeline.
 * @see https://docs.renovatebot.com/configuration-options/#postupgradetasks
 */
export function renovateConfig(pipelineFile: string): string {
  const postUpgradeTasks = { commands: COMMANDS, fileFilters: [pipelineFile], executionMode: 'branch' };
  return `${JSON.stringify({
    $schema: 'https://docs.renovatebot.com/renovate-schema.json',
    extends: ['config:recommended'],
    customManagers: [{
      customType: 'regex',
      description: 'Images of jobs in pipeline.ts',
      managerFilePatterns: ['/^pipeline\\.ts$/'],
      matchStrings: ["image: '(?<depName>(?:[^:@'\\s/]+(?::\\d+)?/)?[^:@'\\s]+):(?<currentValue>[^@'\\s/]+)(?:@(?<currentDigest>sha256:[0-9a-f]{64}))?'"],
      datasourceTemplate: 'docker',
    }],
    packageRules: [
      { description: `${pipelineFile} is generated: pipeline.ts has its images`, matchFileNames: [pipelineFile], enabled: false },
      { description: `${pipelineFile} has the SHA-256 of the command`, matchPackageNames: ['cdk8s-ci-deploy'], postUpgradeTasks },
      { description: `${pipelineFile} has the images of pipeline.ts`, matchFileNames: ['pipeline.ts'], pinDigests: true, postUpgradeTasks },
    ],
  }, null, 2)}\n`;
}
