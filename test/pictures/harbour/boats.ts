import { liftAt } from "./bell.ts";
import { type Frame, glow, sway, wave, WIDTH } from "./loop.ts";

interface Boat {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly turns: number;
  /** Where its sail is set; a boat without one lies at anchor. */
  readonly hasSail: boolean;
}

/** The moored ones; the one under sail crosses the picture once in the loop. */
const MOORED: readonly Boat[] = [
  { x: 548, y: 372, size: 0.62, turns: 13, hasSail: false },
  { x: 196, y: 392, size: 0.8, turns: 11, hasSail: false },
];

export function drawFarBoats(frame: Frame): void {
  const { seconds } = frame;
  // it starts out of sight, and has to be there again at the end
  const way = WIDTH + 240;
  const x = ((seconds / 60 + 0.66) % 1) * way - 120;
  drawBoat(frame, { x, y: 360, size: 0.66, turns: 14, hasSail: true });
  for (const boat of MOORED) drawBoat(frame, boat);
}

export const NEAR_BOAT = { x: 818, y: 472 };

export function drawNearBoat(frame: Frame): void {
  drawBoat(frame, { x: NEAR_BOAT.x, y: NEAR_BOAT.y, size: 1.5, turns: 10, hasSail: false });
}

function drawBoat(frame: Frame, { x, y, size, turns, hasSail }: Boat): void {
  const { canvas, seconds } = frame;
  const lift = liftAt(seconds, x, y);
  canvas.save();
  canvas.translate(x + sway(seconds, 0.4 + 0.35 * size), y + size * wave(seconds, turns));
  canvas.scale(size, size);
  drawHull(canvas, true);
  canvas.rotate(0.03 * wave(seconds, turns, 0.2));
  if (hasSail) drawSail(canvas);
  else drawCabin(canvas, lift);
  drawHull(canvas, false);
  drawLamp(frame, { x: hasSail ? 30 : -34, y: hasSail ? -16 : -30, lift });
  canvas.restore();
}

function drawHull(canvas: CanvasRenderingContext2D, isReflection: boolean): void {
  canvas.save();
  if (isReflection) {
    canvas.scale(1, -0.8);
    canvas.globalAlpha = 0.45;
  }
  canvas.fillStyle = "#04211f";
  canvas.beginPath();
  canvas.moveTo(-48, -15);
  canvas.quadraticCurveTo(0, -5, 46, -17);
  canvas.quadraticCurveTo(40, 3, 28, 3);
  canvas.lineTo(-30, 3);
  canvas.quadraticCurveTo(-42, 2, -48, -15);
  canvas.fill();
  canvas.strokeStyle = "#1a7a70";
  canvas.lineWidth = 1.8;
  canvas.beginPath();
  canvas.moveTo(-47, -13);
  canvas.quadraticCurveTo(0, -3, 45, -15);
  canvas.stroke();
  canvas.restore();
}

/** A junk's sail: a fan with battens. */
function drawSail(canvas: CanvasRenderingContext2D): void {
  canvas.strokeStyle = "#04211f";
  canvas.lineWidth = 2.2;
  canvas.beginPath();
  canvas.moveTo(2, -8);
  canvas.lineTo(4, -88);
  canvas.stroke();
  canvas.fillStyle = "#2f9184";
  canvas.beginPath();
  canvas.moveTo(-26, -18);
  canvas.quadraticCurveTo(-34, -56, 3, -86);
  canvas.quadraticCurveTo(26, -60, 24, -22);
  canvas.quadraticCurveTo(0, -15, -26, -18);
  canvas.fill();
  canvas.strokeStyle = "rgb(4 33 31 / 0.5)";
  canvas.lineWidth = 1.4;
  for (const [left, right, y] of [
    [-28, 24, -34],
    [-24, 22, -49],
    [-14, 16, -65],
  ] as const) {
    canvas.beginPath();
    canvas.moveTo(left, y + 2);
    canvas.lineTo(right, y);
    canvas.stroke();
  }
}

/** The rounded mat roof of a sampan, with a light inside. */
function drawCabin(canvas: CanvasRenderingContext2D, lift: number): void {
  canvas.fillStyle = "#07302d";
  canvas.beginPath();
  canvas.moveTo(-22, -8);
  canvas.quadraticCurveTo(-22, -29, 0, -29);
  canvas.quadraticCurveTo(22, -29, 22, -9);
  canvas.fill();
  canvas.fillStyle = `rgb(244 190 112 / ${0.75 + 0.25 * lift})`;
  canvas.beginPath();
  canvas.roundRect(-9, -22, 7, 8, 2);
  canvas.roundRect(2, -22, 7, 8, 2);
  canvas.fill();
}

/** A lantern on a pole, and what the water shows of it. */
function drawLamp({ canvas, seconds }: Frame, at: { x: number; y: number; lift: number }): void {
  const { x, y, lift } = at;
  canvas.strokeStyle = "#04211f";
  canvas.lineWidth = 1.8;
  canvas.beginPath();
  canvas.moveTo(x, -12);
  canvas.lineTo(x, y);
  canvas.stroke();
  glow(canvas, { x, y, radius: 30 + 18 * lift, rgb: "255 186 104", alpha: 0.6 + 0.35 * lift });
  canvas.fillStyle = "#ffd48a";
  canvas.beginPath();
  canvas.roundRect(x - 3.5, y - 4, 7, 9, 3);
  canvas.fill();
  canvas.fillStyle = "#f4be70";
  for (const down of [8, 14, 20, 26]) {
    canvas.globalAlpha = (0.5 + 0.3 * lift) * (1 - down / 34);
    canvas.beginPath();
    canvas.roundRect(x - 4 + 1.6 * wave(seconds, 15, down / 23), down, 8, 2, 1);
    canvas.fill();
  }
  canvas.globalAlpha = 1;
}
