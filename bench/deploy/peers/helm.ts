import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { helm as program } from '../../../test/support/kubectl';
import { PLACEHOLDER, templateOf } from '../application';
import { Peer } from '../peer';

export const helm: Peer = {
  name: 'helm upgrade',
  script: 'helm upgrade --install web chart --set image="$IMAGE" --wait --rollback-on-failure --timeout "${LIMIT}s"',
  programs: () => ({ helm: program() }),
  lay: (folder, objects) => {
    const templates = join(folder, 'chart', 'templates');
    rmSync(templates, { recursive: true, force: true });
    mkdirSync(templates, { recursive: true });
    writeFileSync(join(folder, 'chart', 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 0.1.0\n');
    writeFileSync(join(templates, 'app.yaml'), templateOf(objects).replace(PLACEHOLDER, '{{ .Values.image }}'));
  },
};
