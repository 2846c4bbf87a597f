import { BuildJob, DeployTarget, GitlabPipeline } from 'cdk8s-ci-deploy';
import { name, targets } from './targets';

// .gitlab-ci.yml: generated here, committed, and checked for drift.
new GitlabPipeline({
  app: name,
  buildJob: BuildJob.script({ image: 'ghcr.io/gohugoio/hugo:v0.150.0', script: ['hugo --minify'], artifacts: ['public'] }),
  targets: targets.map((target) => DeployTarget.of(target)),
}).write();
