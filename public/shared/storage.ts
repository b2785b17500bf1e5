/** Browser storage that is never in the way: it throws where cookies are blocked, and may be full. */

export interface Shelf {
  read(key: string): string | null;
  write(key: string, value: string): void;
}

/** `open` is called for each use, as merely naming `localStorage` may throw. */
export function shelf(open: () => Storage): Shelf {
  return {
    read(key) {
      try {
        return open().getItem(key);
      } catch {
        return null;
      }
    },
    write(key, value) {
      try {
        open().setItem(key, value);
      } catch {
        // the choice then lasts as long as the page
      }
    },
  };
}
