import { type Frame, glow, HORIZON, seeded, sway, wave, WIDTH } from "./loop.ts";

/** Further than the camera sways. */
const MARGIN = 40;

interface Ridge {
  readonly colour: string;
  readonly nearness: number;
  /** The height of the ridge above the water at `x`. */
  readonly height: (x: number) => number;
}

const hump = (x: number, middle: number, width: number) => Math.exp(-(((x - middle) / width) ** 2));

/** From the farthest to the nearest. */
const RIDGES: readonly Ridge[] = [
  {
    colour: "#15655c",
    nearness: 0.2,
    height: (x) =>
      34 +
      74 * hump(x, 210, 150) +
      92 * hump(x, 480, 120) +
      60 * hump(x, 850, 190) +
      5 * Math.sin(x / 31),
  },
  {
    colour: "#0e5049",
    nearness: 0.38,
    height: (x) =>
      16 +
      70 * hump(x, 40, 170) +
      46 * hump(x, 390, 110) +
      30 * hump(x, 620, 90) +
      66 * hump(x, 960, 150) +
      3 * Math.sin(x / 17),
  },
  {
    colour: "#083b37",
    nearness: 0.6,
    height: (x) =>
      Math.max(
        -6,
        52 * hump(x, -30, 150) +
          9 * hump(x, 250, 130) +
          60 * hump(x, 905, 92) -
          4 +
          2 * Math.sin(x / 11),
      ),
  },
];

/** Houses on the near shore at the left: their windows are the lights that the water repeats. */
export const HOUSES = houses();

function houses() {
  const next = seeded(41);
  return Array.from({ length: 9 }, (_, index) => ({
    x: 62 + index * 27 + next() * 8,
    width: 17 + next() * 9,
    height: 12 + next() * 9,
    isLit: next() < 0.75,
    /** Where in the loop the window is dark for a while. */
    phase: next(),
  }));
}

export const LIGHTHOUSE = { x: 892, base: HORIZON - 50, top: HORIZON - 128 };

/** How much of the lighthouse's lamp is seen: it turns five times in the loop. */
export const lampOf = (seconds: number) => Math.max(0, wave(seconds, 5, 0.1)) ** 6;

/** The hills in their layers, the village, and the lighthouse with its beams. */
export function drawShore(frame: Frame): void {
  const [far, middle, near] = RIDGES;
  drawRidge(frame, far!);
  drawRidge(frame, middle!);
  drawBeams(frame);
  drawTower(frame);
  drawRidge(frame, near!);
  drawTrees(frame);
  for (const house of HOUSES) drawHouse(frame, house);
}

function drawRidge({ canvas, seconds }: Frame, { colour, nearness, height }: Ridge): void {
  const shift = sway(seconds, nearness);
  canvas.fillStyle = colour;
  canvas.beginPath();
  canvas.moveTo(-MARGIN + shift, HORIZON + 1);
  for (let x = -MARGIN; x <= WIDTH + MARGIN; x += 6) canvas.lineTo(x + shift, HORIZON - height(x));
  canvas.lineTo(WIDTH + MARGIN + shift, HORIZON + 1);
  canvas.fill();
}

/** The hills upside down, flattened, as the water below shows them. */
export function drawReflectedHills({ canvas, seconds }: Frame): void {
  for (const { colour, nearness, height } of RIDGES) {
    const shift = sway(seconds, nearness);
    canvas.fillStyle = colour;
    canvas.globalAlpha = 0.42;
    canvas.beginPath();
    canvas.moveTo(-MARGIN + shift, HORIZON);
    for (let x = -MARGIN; x <= WIDTH + MARGIN; x += 6) {
      const depth = 0.62 * height(x);
      canvas.lineTo(x + shift, HORIZON + Math.max(0, depth));
    }
    canvas.lineTo(WIDTH + MARGIN + shift, HORIZON);
    canvas.fill();
  }
  canvas.globalAlpha = 1;
}

/** Two beams that go round: seen from the side they are as long as their turn makes them. */
function drawBeams({ canvas, seconds }: Frame): void {
  const { top } = LIGHTHOUSE;
  const x = LIGHTHOUSE.x + sway(seconds, 0.6);
  for (const side of [1, -1]) {
    const turn = side * wave(seconds, 5, 0.35);
    const reach = 460 * turn;
    const spread = 10 + 20 * Math.abs(turn);
    const beam = canvas.createLinearGradient(x, top, x + reach, top);
    beam.addColorStop(0, "rgb(255 226 170 / 0.3)");
    beam.addColorStop(1, "rgb(255 226 170 / 0)");
    canvas.fillStyle = beam;
    canvas.beginPath();
    canvas.moveTo(x, top - 2);
    canvas.lineTo(x + reach, top - spread);
    canvas.lineTo(x + reach, top + 0.8 * spread);
    canvas.lineTo(x, top + 2);
    canvas.fill();
  }
}

function drawTower({ canvas, seconds }: Frame): void {
  const { base, top } = LIGHTHOUSE;
  const x = LIGHTHOUSE.x + sway(seconds, 0.6);
  const lamp = lampOf(seconds);
  glow(canvas, { x, y: top, radius: 46 + 30 * lamp, rgb: "255 226 170", alpha: 0.4 + 0.4 * lamp });
  canvas.fillStyle = "#8fbfb5";
  canvas.beginPath();
  canvas.moveTo(x - 6, top + 9);
  canvas.lineTo(x + 6, top + 9);
  canvas.lineTo(x + 10, base + 14);
  canvas.lineTo(x - 10, base + 14);
  canvas.fill();
  canvas.fillStyle = "#0f766e";
  for (const at of [0.28, 0.66]) {
    const y = top + 9 + (base - top) * at;
    const half = 6 + 4 * at;
    canvas.fillRect(x - half, y, 2 * half, 13);
  }
  canvas.fillStyle = "#052b29";
  canvas.fillRect(x - 9, top + 6, 18, 3.5);
  canvas.beginPath();
  canvas.moveTo(x - 7, top - 6);
  canvas.lineTo(x, top - 14);
  canvas.lineTo(x + 7, top - 6);
  canvas.fill();
  canvas.fillStyle = "#ffe2aa";
  canvas.fillRect(x - 4, top - 6, 8, 12);
}

function drawTrees({ canvas, seconds }: Frame): void {
  const next = seeded(3);
  const ridge = RIDGES[2]!;
  canvas.fillStyle = ridge.colour;
  for (let index = 0; index < 26; index++) {
    const at = index < 13 ? -20 + index * 13 + next() * 8 : 800 + (index - 13) * 14 + next() * 8;
    // the lighthouse stands in a clearing
    const height = Math.abs(at - LIGHTHOUSE.x) < 16 ? 0 : 15 + next() * 16;
    const x = at + sway(seconds, ridge.nearness);
    const y = HORIZON - ridge.height(at) + 4;
    const lean = 0.7 * wave(seconds, 10, index / 7);
    canvas.beginPath();
    canvas.moveTo(x - height * 0.27, y);
    canvas.lineTo(x + lean, y - height);
    canvas.lineTo(x + height * 0.27, y);
    canvas.fill();
  }
}

function drawHouse({ canvas, seconds }: Frame, house: (typeof HOUSES)[number]): void {
  const x = house.x + sway(seconds, 0.6);
  const top = HORIZON - house.height;
  canvas.fillStyle = "#062e2b";
  canvas.fillRect(x, top, house.width, house.height + 1);
  canvas.beginPath();
  canvas.moveTo(x - 3, top);
  canvas.lineTo(x + house.width / 2, top - 9);
  canvas.lineTo(x + house.width + 3, top);
  canvas.fill();
  const alpha = windowOf(house, seconds);
  if (alpha === 0) return;
  canvas.fillStyle = `rgb(244 190 112 / ${alpha})`;
  canvas.fillRect(x + house.width / 2 - 5, top + 4, 4, 5);
  canvas.fillRect(x + house.width / 2 + 1.5, top + 4, 4, 5);
}

/** How bright the windows of a house are: people come home, and go to bed. */
export function windowOf({ isLit, phase }: (typeof HOUSES)[number], seconds: number): number {
  if (!isLit) return 0;
  return 0.9 * Math.min(1, Math.max(0, 3 + 5 * wave(seconds, 1, phase)));
}
