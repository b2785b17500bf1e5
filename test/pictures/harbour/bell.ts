import {
  type Frame,
  glow,
  HEIGHT,
  HORIZON,
  LOOP_SECONDS,
  smooth,
  sway,
  wave,
  WIDTH,
} from "./loop.ts";

/** Where the buoy floats, at its waterline. */
export const BUOY = { x: 352, y: 424 };

/** The bell of the favicon, which is 64 wide: its body, and its clapper. */
const BELL = new Path2D(
  "M32 14.5c-6.6 0-11.4 5-11.4 11.9v6.9c0 1.3-.4 2.6-1.1 3.7l-1.9 2.9c-.8 1.3.1 2.9 1.6 2.9h25.6c1.5 0 2.4-1.6 1.6-2.9L44.5 37c-.7-1.1-1.1-2.4-1.1-3.7v-6.9c0-6.9-4.8-11.9-11.4-11.9z",
);
const CLAPPER = new Path2D("M27.2 45.6h9.6a4.8 4.8 0 0 1-9.6 0z");

/** It is struck six times in the loop; the first frame is in the middle of it. */
const STRIKE_SECONDS = 10;
const FIRST_STRIKE = LOOP_SECONDS - 2;

/** Rings that a strike sends out, and how long each is seen. */
const RING_DELAYS = [0, 0.9, 1.8];
const RING_SECONDS = 5.2;
const RING_REACH = 390;

/** What is as far away as a ring on the water has come is lower on the picture by so much. */
export const FLATNESS = 0.2;

const sinceStrike = (seconds: number) => (seconds - FIRST_STRIKE + LOOP_SECONDS) % STRIKE_SECONDS;

/** The rings that are on their way: how far each has come, and how strong it still is, from 0 to 1. */
export function ringsAt(seconds: number): { radius: number; strength: number }[] {
  return RING_DELAYS.flatMap((delay) => {
    const part = (sinceStrike(seconds) - delay) / RING_SECONDS;
    if (part < 0 || part > 1) return [];
    const radius = 18 + RING_REACH * (1 - (1 - part) ** 1.6);
    return [{ radius, strength: smooth(part, 0, 0.04) * (1 - part) ** 1.5 }];
  });
}

/** How much a light on the water brightens because a ring passes under it. */
export function liftAt(seconds: number, x: number, y: number): number {
  const distance = Math.hypot(x - buoyX(seconds), (y - BUOY.y) / FLATNESS);
  let lift = 0;
  for (const { radius, strength } of ringsAt(seconds)) {
    lift += Math.sqrt(strength) * Math.exp(-(((distance - radius) / 30) ** 2));
  }
  return Math.min(1, lift);
}

const buoyX = (seconds: number) => BUOY.x + sway(seconds, 0.8);

export function drawRings({ canvas, seconds }: Frame): void {
  canvas.save();
  canvas.beginPath();
  canvas.rect(0, HORIZON, WIDTH, HEIGHT - HORIZON);
  canvas.clip();
  for (const { radius, strength } of ringsAt(seconds)) {
    canvas.strokeStyle = `rgb(127 227 212 / ${0.75 * strength})`;
    canvas.lineWidth = 1 + 2 * strength;
    canvas.beginPath();
    canvas.ellipse(buoyX(seconds), BUOY.y, radius, radius * FLATNESS, 0, 0, 2 * Math.PI);
    canvas.stroke();
  }
  canvas.restore();
}

/** A buoy that carries the bell, rocking; the bell swings when it is struck. */
export function drawBuoy(frame: Frame): void {
  const { canvas, seconds } = frame;
  const x = buoyX(seconds);
  const passed = sinceStrike(seconds);
  glow(canvas, {
    x,
    y: BUOY.y - 52,
    radius: 120,
    rgb: "127 227 212",
    alpha: 0.1 + 0.22 * (1 - smooth(passed, 0, 4)),
  });

  canvas.save();
  canvas.translate(x, BUOY.y + 1.4 * wave(seconds, 15));
  const lean = 0.045 * wave(seconds, 12, 0.1);
  canvas.save();
  canvas.scale(1, -0.8);
  canvas.rotate(lean);
  canvas.globalAlpha = 0.24;
  drawHull(canvas);
  drawFrame(canvas);
  canvas.restore();
  drawShimmer(frame);
  canvas.rotate(lean);
  drawHull(canvas);
  drawFrame(canvas);
  drawBell(canvas, passed);
  canvas.restore();
  drawSound(frame, x, passed);
}

/** What the water shows of the bell: a whole one upside down would look like a cup. */
function drawShimmer({ canvas, seconds }: Frame): void {
  for (let down = 24; down < 78; down += 6) {
    const width = 34 * Math.sin((Math.PI * (down - 12)) / 72) + 3 * wave(seconds, 13, down / 40);
    canvas.fillStyle = `rgb(207 234 228 / ${0.3 - 0.0028 * down})`;
    canvas.beginPath();
    canvas.roundRect(2.2 * wave(seconds, 12, down / 55) - width / 2, down, width, 2.8, 1.4);
    canvas.fill();
  }
}

function drawHull(canvas: CanvasRenderingContext2D): void {
  canvas.fillStyle = "#0f766e";
  canvas.beginPath();
  canvas.moveTo(-33, -14);
  canvas.lineTo(33, -14);
  canvas.quadraticCurveTo(29, 3, 20, 3);
  canvas.lineTo(-20, 3);
  canvas.quadraticCurveTo(-29, 3, -33, -14);
  canvas.fill();
  canvas.fillStyle = "#59b5a8";
  canvas.beginPath();
  canvas.roundRect(-36, -18, 72, 6, 3);
  canvas.fill();
}

function drawFrame(canvas: CanvasRenderingContext2D): void {
  canvas.strokeStyle = "#0a4a45";
  canvas.lineWidth = 3.4;
  canvas.lineCap = "round";
  canvas.lineJoin = "round";
  canvas.beginPath();
  canvas.moveTo(-25, -17);
  canvas.lineTo(-13, -90);
  canvas.lineTo(13, -90);
  canvas.lineTo(25, -17);
  canvas.moveTo(-22.5, -32);
  canvas.lineTo(22.5, -32);
  canvas.moveTo(0, -90);
  canvas.lineTo(0, -99);
  canvas.stroke();
  glow(canvas, { x: 0, y: -103, radius: 24, rgb: "255 205 130", alpha: 0.75 });
  canvas.fillStyle = "#ffd99a";
  canvas.beginPath();
  canvas.arc(0, -103, 3.6, 0, 2 * Math.PI);
  canvas.fill();
}

function drawBell(canvas: CanvasRenderingContext2D, passed: number): void {
  const force = (1 - Math.exp(-passed / 0.25)) * Math.exp(-passed / 2.6);
  const angle = 0.5 * force * Math.sin(Math.PI * passed);
  canvas.save();
  canvas.translate(0, -88);
  canvas.rotate(angle);
  canvas.scale(1.32, 1.32);
  canvas.translate(-32, -13.5);
  canvas.save();
  canvas.translate(32, 20);
  canvas.rotate(-0.55 * force * Math.sin(Math.PI * (passed - 0.3)));
  canvas.translate(-32, -20);
  canvas.fillStyle = "#7fb8ae";
  canvas.fill(CLAPPER);
  canvas.restore();
  canvas.fillStyle = "#cfeae4";
  canvas.fill(BELL);
  // the side that the moon does not reach
  canvas.clip(BELL);
  canvas.fillStyle = "rgb(15 118 110 / 0.22)";
  canvas.fillRect(14, 12, 14, 34);
  canvas.restore();
}

/** The arcs of the favicon, going outwards through the air. */
function drawSound({ canvas }: Frame, x: number, passed: number): void {
  canvas.lineCap = "round";
  for (const delay of [0, 0.45, 0.9, 2, 2.45]) {
    const part = (passed - delay) / 2.2;
    if (part < 0 || part > 1) continue;
    const strength = smooth(part, 0, 0.15) * (1 - part) ** 1.4 * (delay < 2 ? 1 : 0.5);
    canvas.strokeStyle = `rgb(127 227 212 / ${0.9 * strength})`;
    canvas.lineWidth = 4.2 - 2 * part;
    const radius = 34 + 62 * part;
    for (const middle of [0, Math.PI]) {
      canvas.beginPath();
      canvas.arc(x, BUOY.y - 58, radius, middle - 0.5, middle + 0.5);
      canvas.stroke();
    }
  }
}
