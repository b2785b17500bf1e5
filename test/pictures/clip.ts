/**
 * Makes the clip that the danmaku page plays: a harbour at night, drawn by code (`harbour/scene.ts`) on a
 * canvas in Chromium, frame by frame, and encoded by ffmpeg. Nothing in it is random or depends on
 * the time of day. The files are kept in the repository, so only a change of the picture needs this.
 */
import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Page } from "../e2e/browser.ts";
import { HEIGHT, LOOP_SECONDS, WIDTH } from "./harbour/loop.ts";

const FRAMES_PER_SECOND = 25;
const FRAMES = LOOP_SECONDS * FRAMES_PER_SECOND;
/** A player seeks to a frame that needs no other: one every two seconds. */
const KEYFRAME_EVERY = 2 * FRAMES_PER_SECOND;

const TARGET = new URL("../../public/danmaku/", import.meta.url).pathname;

const ABSENT = `ffmpeg was not found: it encodes the clip, with libx264 and libvpx-vp9.
Install it (Debian: apt-get install ffmpeg, macOS: brew install ffmpeg) and run this again.`;

const COLOURS = [
  ...["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"],
  ...["-color_range", "tv"],
];
/** Without these the files would name the version of the encoder. */
const EXACT = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"];

const ENCODINGS = {
  "harbour.webm": [
    ...["-c:v", "libvpx-vp9", "-b:v", "90k", "-minrate", "0", "-maxrate", "400k"],
    ...["-deadline", "good", "-cpu-used", "1", "-row-mt", "1", "-auto-alt-ref", "1"],
    ...["-lag-in-frames", "25", "-tile-columns", "1"],
  ],
  "harbour.mp4": [
    ...["-c:v", "libx264", "-profile:v", "main", "-level", "3.1", "-b:v", "90k"],
    ...["-preset", "veryslow", "-tune", "animation", "-sc_threshold", "0", "-aq-mode", "3"],
    ...["-movflags", "+faststart"],
  ],
};

const POSTER = "harbour.webp";
const FILES = [POSTER, ...Object.keys(ENCODINGS)];

/** Reads a frame from the canvas and sends its pixels; the answer comes when the encoder has them. */
const PAGE = `<!doctype html><meta charset="utf-8"><canvas width="${WIDTH}" height="${HEIGHT}"></canvas>
<script type="module">
  import { drawHarbour } from "/scene.js";
  const element = document.querySelector("canvas");
  const canvas = element.getContext("2d", { willReadFrequently: true });
  window.send = async (first, end) => {
    for (let frame = first; frame < end; frame++) {
      drawHarbour(canvas, frame / ${FRAMES_PER_SECOND});
      const { data } = canvas.getImageData(0, 0, ${WIDTH}, ${HEIGHT});
      const answer = await fetch("/frame", { method: "POST", body: data });
      if (!answer.ok) throw new Error("the encoder has ended");
    }
  };
  window.poster = async () => {
    drawHarbour(canvas, 0);
    const blob = await new Promise((resolve) => element.toBlob(resolve, "image/webp", 0.82));
    await fetch("/poster", { method: "POST", body: blob });
  };
</script>`;

if (Bun.which("ffmpeg") === null) {
  console.error(ABSENT);
  process.exit(1);
}
const folder = await mkdtemp(join(tmpdir(), "bellcast-clip-"));
try {
  const lossless = join(folder, "lossless.mkv");
  await draw(lossless);
  for (const [name, options] of Object.entries(ENCODINGS)) encode(lossless, name, options);
  // last, so that what is stopped half-way leaves the old files
  for (const name of FILES) await copyFile(join(folder, name), join(TARGET, name));
} finally {
  await rm(folder, { recursive: true });
}
for (const name of FILES) {
  console.log(`${name}: ${(await stat(join(TARGET, name))).size} bytes`);
}

/** Writes every frame to `file`, in the pixels that both codecs take, and the first as the poster. */
async function draw(file: string): Promise<void> {
  const built = await Bun.build({
    entrypoints: [new URL("harbour/scene.ts", import.meta.url).pathname],
    target: "browser",
  });
  const scene = await built.outputs[0]!.text();
  const raw = ["-f", "rawvideo", "-pix_fmt", "rgba", "-s", `${WIDTH}x${HEIGHT}`];
  await using ffmpeg = Bun.spawn(
    [
      ...["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", ...raw],
      ...["-r", String(FRAMES_PER_SECOND), "-i", "-"],
      ...["-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", ...COLOURS],
      ...["-c:v", "libx264", "-qp", "0", "-preset", "ultrafast", file],
    ],
    { stdin: "pipe", stdout: "ignore", stderr: "inherit" },
  );
  await using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      "/": () => new Response(PAGE, { headers: { "Content-Type": "text/html" } }),
      "/scene.js": () => new Response(scene, { headers: { "Content-Type": "text/javascript" } }),
      "/frame": async (request) => {
        ffmpeg.stdin.write(await request.bytes());
        await ffmpeg.stdin.flush();
        return new Response();
      },
      "/poster": async (request) => {
        await Bun.write(join(folder, POSTER), await request.bytes());
        return new Response();
      },
    },
  });
  await using page = await Page.open(server.url.href, { width: WIDTH, height: HEIGHT });
  await page.until("window.send !== undefined");
  await page.evaluate("window.poster()");
  for (let first = 0; first < FRAMES; first += KEYFRAME_EVERY) {
    await page.evaluate(`window.send(${first}, ${Math.min(FRAMES, first + KEYFRAME_EVERY)})`);
    if (first % (10 * FRAMES_PER_SECOND) === 0) console.error(`drawn: ${first} of ${FRAMES}`);
  }
  await ffmpeg.stdin.end();
  if ((await ffmpeg.exited) !== 0) throw new Error("ffmpeg could not keep the frames");
}

/** Twice over the whole clip: the second time knows where the bits are needed. */
function encode(source: string, name: string, options: readonly string[]): void {
  console.error(`encoding ${name}`);
  for (const pass of ["1", "2"]) {
    const { exitCode, stderr } = Bun.spawnSync([
      ...["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", "-i", source, "-an"],
      ...[...options, "-g", String(KEYFRAME_EVERY), "-pix_fmt", "yuv420p", ...COLOURS, ...EXACT],
      ...["-pass", pass, "-passlogfile", join(folder, name)],
      ...(pass === "1" ? ["-f", "null", "-"] : [join(folder, name)]),
    ]);
    if (exitCode !== 0) throw new Error(`ffmpeg could not encode ${name}: ${stderr.toString()}`);
  }
}
