import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";

import type { Pages } from "./pages.ts";

/** A name that could lead out of the folder, or that is hidden. */
const FORBIDDEN = /^\.|[\\/\0]/;

/**
 * Pages from a folder of the user's own, in place of the built-in ones. They are served as they are:
 * without a content security policy, for the page may need what that would forbid.
 */
export function folderPages(folder: string): Pages {
  return async (path) => {
    if (path.some((name) => FORBIDDEN.test(name))) return undefined;
    const names = path.at(-1) === "" ? [...path.slice(0, -1), "index.html"] : path;
    const [root, target] = await Promise.all([real(folder), real(join(folder, ...names))]);
    // A link may lead anywhere; what is served stays in the folder.
    if (root === undefined || !target?.startsWith(root + sep)) return undefined;
    const body = Bun.file(target);
    const status = await body.stat().catch(() => undefined);
    // A folder has no text of its own, and a pipe would be waited for, for ever.
    if (!status?.isFile()) return undefined;
    const headers = {
      "Content-Type": body.type,
      "Cache-Control": "no-cache",
      ETag: `"${status.size.toString(36)}-${Math.round(status.mtimeMs).toString(36)}"`,
    };
    return { body, headers };
  };
}

/** The path without links; undefined when there is nothing there, or nothing that can be read. */
async function real(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}
