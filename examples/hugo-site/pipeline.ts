import { BuildJob, DeployTarget, GitlabPipeline } from 'cdk8s-ci-deploy';
import { name, targets } from './targets';

// Writes .gitlab-ci.yml, which is committed. A job checks that it is up to date.
new GitlabPipeline({
  app: name,
  buildJob: BuildJob.script({ image: 'ghcr.io/gohugoio/hugo:v0.150.0', script: ['hugo --minify'], artifacts: ['public'] }),
  targets: targets.map((target) => DeployTarget.of(target)),
}).write();
