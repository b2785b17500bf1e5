/**
 * Makes the icons of the installable pages from `public/favicon.svg`, rendered by Chromium. Where
 * pngquant is at hand, they are made smaller: the picture has few colours.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";

import { Page } from "../e2e/browser.ts";

const FAVICON = new URL("../../public/favicon.svg", import.meta.url);
const TARGET = new URL("../../public/icons/", import.meta.url).pathname;

interface Icon {
  readonly file: string;
  /** Width and height, in pixels. */
  readonly size: number;
  /** Whether the ground goes to the edges: whoever shows the icon cuts it into a shape of its own. */
  readonly isFull: boolean;
  /** How large the drawing on the ground is, beside the favicon's. */
  readonly scale: number;
}

const ICONS: readonly Icon[] = [
  { file: "icon-192.png", size: 192, isFull: false, scale: 1 },
  { file: "icon-512.png", size: 512, isFull: false, scale: 1 },
  // the safe zone is a circle of 80 % (https://www.w3.org/TR/appmanifest/#icon-masks)
  { file: "icon-maskable-512.png", size: 512, isFull: true, scale: 0.86 },
  { file: "apple-touch-icon.png", size: 180, isFull: true, scale: 1 },
];

const svg = await Bun.file(FAVICON).text();
await using page = await Page.open("about:blank", { width: 512, height: 512 });
for (const icon of ICONS) {
  const path = join(TARGET, icon.file);
  await Bun.write(path, await render(icon));
  if (Bun.which("pngquant") !== null) quantize(path);
  console.log(`${icon.file}: ${(await stat(path)).size} bytes`);
}

/** The favicon with another ground and size, in the same file format as the original. */
function drawingOf({ size, isFull, scale }: Icon): string {
  const edge = (64 / scale - 64) / 2;
  const side = 64 + 2 * edge;
  const drawing = svg
    .replace(
      `viewBox="0 0 64 64"`,
      `viewBox="${-edge} ${-edge} ${side} ${side}" width="${size}" height="${size}"`,
    )
    .replace(
      `<rect width="64" height="64" rx="15"`,
      `<rect x="${-edge}" y="${-edge}" width="${side}" height="${side}" rx="${isFull ? 0 : 15}"`,
    );
  if (!drawing.includes(`width="${size}"`) || !drawing.includes(`rx="${isFull ? 0 : 15}"`)) {
    throw new Error("favicon.svg no longer has the view box or the ground that this expects");
  }
  return drawing;
}

/** The icon as a PNG; full ones have no transparency, because the canvas has none. */
async function render(icon: Icon): Promise<Buffer> {
  const source = `data:image/svg+xml,${encodeURIComponent(drawingOf(icon))}`;
  const url = await page.evaluate(`(async () => {
    const image = new Image();
    image.src = ${JSON.stringify(source)};
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = ${icon.size};
    const context = canvas.getContext("2d", { alpha: ${!icon.isFull} });
    context.drawImage(image, 0, 0, ${icon.size}, ${icon.size});
    return canvas.toDataURL("image/png");
  })()`);
  return Buffer.from(String(url).replace(/^data:image\/png;base64,/, ""), "base64");
}

/** Replaces the file by one of at most 128 colours. */
function quantize(path: string): void {
  const { exitCode, stderr } = Bun.spawnSync([
    ...["pngquant", "--force", "--strip", "--speed", "1", "--nofs", "--output", path, "128"],
    path,
  ]);
  if (exitCode !== 0) throw new Error(`pngquant could not do ${path}: ${stderr.toString()}`);
}
