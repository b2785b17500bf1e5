import { liftAt } from "./bell.ts";
import {
  type Frame,
  glow,
  HEIGHT,
  HORIZON,
  life,
  seeded,
  smooth,
  sway,
  wave,
  WIDTH,
} from "./loop.ts";
import { drawReflectedHills, HOUSES, lampOf, LIGHTHOUSE, windowOf } from "./shore.ts";
import { MOON } from "./sky.ts";

const GLINTS = glints();
const LANTERNS = lanterns();

function glints() {
  const next = seeded(11);
  return Array.from({ length: 90 }, () => {
    const depth = next() ** 1.25;
    return {
      x: next() * (WIDTH + 60) - 30,
      y: HORIZON + 6 + depth * (HEIGHT - HORIZON - 12),
      width: 10 + depth * 44 * (0.5 + next()),
      turns: 5 + Math.floor(next() * 6),
      phase: next(),
    };
  });
}

function lanterns() {
  const next = seeded(97);
  // neighbours from left to right float in rows far apart, so that they never meet
  return Array.from({ length: 13 }, (_, index) => ({
    x: index * 74 - 40 + next() * 16,
    y: HORIZON + 32 + ((index * 5) % 13) * 12,
    phase: ((index * 8) % 13) / 13,
    turns: 14 + (index % 4),
  })).toSorted((one, other) => one.y - other.y);
}

/** A row of strokes below a light, which the water moves sideways. */
function drawStreak(
  { canvas, seconds }: Frame,
  light: {
    x: number;
    top: number;
    length: number;
    width: number;
    rgb: string;
    alpha: number;
    phase: number;
  },
): void {
  const { x, top, length, width, rgb, alpha, phase } = light;
  const step = 6;
  for (let down = 0; down < length; down += step) {
    const fade = 1 - down / length;
    const swing = wave(seconds, 14, phase + down / 47) * (1 + down * 0.035);
    const wide = width * (0.7 + 0.3 * wave(seconds, 11, phase - down / 31));
    canvas.fillStyle = `rgb(${rgb} / ${alpha * fade})`;
    canvas.beginPath();
    canvas.roundRect(x + swing - wide / 2, top + down, wide, 2.6, 1.3);
    canvas.fill();
  }
}

/** The water with what it repeats of the lights above. */
export function drawWater(frame: Frame): void {
  const { canvas, seconds } = frame;
  const water = canvas.createLinearGradient(0, HORIZON, 0, HEIGHT);
  water.addColorStop(0, "#14635a");
  water.addColorStop(0.3, "#0c4743");
  water.addColorStop(1, "#051f21");
  canvas.fillStyle = water;
  canvas.fillRect(0, HORIZON, WIDTH, HEIGHT - HORIZON);
  drawReflectedHills(frame);

  for (const { x, y, width, turns, phase } of GLINTS) {
    const alpha = 0.15 * Math.max(0, wave(seconds, turns, phase));
    canvas.fillStyle = `rgb(127 227 212 / ${alpha})`;
    canvas.beginPath();
    canvas.roundRect(x + 6 * wave(seconds, 2, phase) - width / 2, y, width, 2, 1);
    canvas.fill();
  }
  drawMoonlight(frame);
  for (const house of HOUSES) {
    const alpha = 0.5 * windowOf(house, seconds);
    const x = house.x + house.width / 2 + sway(seconds, 0.6);
    drawStreak(frame, {
      x,
      top: HORIZON + 4,
      length: 38,
      width: 7,
      rgb: "244 190 112",
      alpha,
      phase: house.phase,
    });
  }
  const lamp = lampOf(seconds);
  const x = LIGHTHOUSE.x + sway(seconds, 0.6);
  drawStreak(frame, {
    x,
    top: HORIZON + 60,
    length: 100,
    width: 11,
    rgb: "255 226 170",
    alpha: 0.2 + 0.4 * lamp,
    phase: 0.2,
  });
}

function drawMoonlight({ canvas, seconds }: Frame): void {
  const { x } = MOON;
  const next = seeded(5);
  for (let y = HORIZON + 5; y < HEIGHT - 6; y += 7) {
    const near = (y - HORIZON) / (HEIGHT - HORIZON);
    const phase = next();
    const width =
      (26 + 60 * near) * (0.75 + 0.3 * wave(seconds, 9 + Math.floor(next() * 5), phase));
    const middle = x + (next() - 0.5) * 34 * near + (2 + 7 * near) * wave(seconds, 8, phase);
    canvas.fillStyle = `rgb(169 221 210 / ${0.42 - 0.26 * near})`;
    canvas.beginPath();
    canvas.roundRect(middle - width / 2, y, width, 2.4 + 1.2 * near, 1.8);
    canvas.fill();
  }
}

/** Paper lanterns on the water: each drifts for one loop, and brightens when a ring of the bell passes.
 * Those are drawn whose `y` is between `from` and `to`, the farthest first. */
export function drawLanterns(frame: Frame, from: number, to: number): void {
  for (const lantern of LANTERNS) {
    if (lantern.y >= from && lantern.y < to) drawLantern(frame, lantern);
  }
}

function drawLantern(frame: Frame, { x, y, phase, turns }: (typeof LANTERNS)[number]): void {
  const { canvas, seconds } = frame;
  const part = life(seconds, phase);
  const shown = smooth(part, 0, 0.12) * (1 - smooth(part, 0.88, 1));
  if (shown === 0) return;
  const size = 0.5 + ((y - HORIZON) / (HEIGHT - HORIZON)) * 0.75;
  const left = x + 150 * part * size + sway(seconds, 0.6 + 0.3 * size);
  const bob = y + 1.2 * wave(seconds, turns, phase);
  const lift = liftAt(seconds, left, y);

  canvas.save();
  canvas.globalAlpha = shown;
  glow(canvas, {
    x: left,
    y: bob - 7 * size,
    radius: (34 + 26 * lift) * size,
    rgb: "255 186 104",
    alpha: 0.5 + 0.4 * lift,
  });
  drawPaper(canvas, left, bob, size);
  canvas.globalAlpha = shown * (0.28 + 0.3 * lift);
  canvas.fillStyle = "#f4be70";
  for (const [down, wide] of [
    [4, 13],
    [9, 9],
    [14, 5],
  ] as const) {
    const width = wide * size;
    const shift = 1.4 * wave(seconds, turns, phase + down / 20);
    canvas.beginPath();
    canvas.roundRect(left - width / 2 + shift, bob + down * size, width, 2.2 * size, size);
    canvas.fill();
  }
  canvas.restore();
}

function drawPaper(canvas: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  canvas.fillStyle = "#d98f3f";
  canvas.beginPath();
  canvas.roundRect(x - 7 * size, y - 16 * size, 14 * size, 16 * size, 4 * size);
  canvas.fill();
  canvas.fillStyle = "#ffd48a";
  canvas.beginPath();
  canvas.roundRect(x - 4 * size, y - 13 * size, 8 * size, 11 * size, 3.5 * size);
  canvas.fill();
  canvas.fillStyle = "#3d3320";
  canvas.beginPath();
  canvas.roundRect(x - 9 * size, y - 1.5 * size, 18 * size, 3 * size, 1.5 * size);
  canvas.fill();
}
