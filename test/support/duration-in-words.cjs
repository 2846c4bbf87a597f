/**
 * @param milliseconds
 * @returns `34 min 10 s`, or `12 s`
 */
function inWords(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

module.exports = { inWords };
