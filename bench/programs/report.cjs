/**
 * Prints the CPU time of a synthesis in a fresh process, the loading of modules left out, and how many objects of which kind it gave.
 */
exports.report = function (synthesize) {
  const before = process.cpuUsage();
  const yaml = synthesize();
  const { user, system } = process.cpuUsage(before);
  const kinds = [...yaml.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind).sort();
  console.log(JSON.stringify({ cpu: (user + system) / 1e6, objects: kinds.join(' ') }));
};
