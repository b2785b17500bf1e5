import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** An editor writes a file in several steps. */
const SETTLE_MS = 100;
const MAX_FOLDERS = 64;
/**
 * What a file may import. The database and the log are often in the same folder, and a failure to load
 * is written to both: they must not cause the next.
 */
const IMPORTED = /\.(?:[cm]?[jt]sx?|jsonc?|toml|ya?ml)$/;

/**
 * Watches files by their folders, because an editor that saves puts another file in the old one's
 * place. It does not keep the process, and what cannot be watched is not.
 */
export class FileWatch {
  readonly #changed: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #files: ReadonlySet<string> = new Set();
  #isLoose = false;
  #timer: Timer | undefined;

  /** @param changed told once for changes that come together */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** From now on, these files. */
  follow(files: readonly string[]): void {
    this.#files = new Set(files);
    this.#isLoose = false;
    const folders = new Set([...files].map((file) => dirname(file)).slice(0, MAX_FOLDERS));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) this.#open(folder);
  }

  /** Until it follows anew, any source file in the same folders: what was not loaded has not said what it imports. */
  loosen(): void {
    this.#isLoose = true;
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #open(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) =>
        this.#see(folder, name),
      );
      watcher.on("error", () => this.#drop(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      // The folder is not there, or the system watches no more: the file is loaded anew by a restart.
    }
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #see(folder: string, name: string | null): void {
    const isOurs = [...this.#files].some(
      (file) => dirname(file) === folder && (name === null || basename(file) === name),
    );
    if (!isOurs && !(this.#isLoose && name !== null && IMPORTED.test(name))) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#changed(), SETTLE_MS);
    this.#timer.unref();
  }
}
