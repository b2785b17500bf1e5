/** One segment of a path, in the form that names have (NFC), fit to stand unquoted in a URL and in a shell. */
function segment(name: string): string {
  return encodeURIComponent(name.normalize("NFC").toWellFormed())
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%40", "@");
}

/** A command that publishes to `topic`, quoted so that POSIX shells and Windows read it alike. */
export function curlLine(origin: string, topic: string): string {
  return `curl -d "hello" ${origin}/t/${segment(topic)}`;
}
