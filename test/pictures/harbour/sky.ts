import { type Frame, glow, HORIZON, life, seeded, smooth, sway, wave, WIDTH } from "./loop.ts";

export const MOON = { x: 706, y: 112, radius: 36 };

const STARS = stars();
const CLOUDS = clouds();

function stars() {
  const next = seeded(7);
  return Array.from({ length: 84 }, () => ({
    x: next() * WIDTH,
    y: next() ** 1.3 * (HORIZON - 110),
    radius: 0.7 + next() ** 3 * 1.1,
    turns: 4 + Math.floor(next() * 9),
    phase: next(),
  }));
}

function clouds() {
  const next = seeded(23);
  return Array.from({ length: 6 }, (_, index) => ({
    x: ((index * 0.382) % 1) * WIDTH + next() * 60 - 200,
    y: 60 + ((index * 0.55) % 1) * 165,
    scale: 0.75 + next() * 0.7,
    phase: ((index * 0.382) % 1) + next() * 0.1,
  }));
}

/** The night above the harbour: its stars, the moon, clouds that come and go, and one that falls. */
export function drawSky(frame: Frame): void {
  const { canvas, seconds } = frame;
  const night = canvas.createLinearGradient(0, 0, 0, HORIZON);
  night.addColorStop(0, "#061b1f");
  night.addColorStop(0.45, "#0a3638");
  night.addColorStop(0.8, "#0f5752");
  night.addColorStop(1, "#1a7468");
  canvas.fillStyle = night;
  canvas.fillRect(0, 0, WIDTH, HORIZON);

  for (const { x, y, radius, turns, phase } of STARS) {
    canvas.fillStyle = `rgb(190 240 230 / ${0.34 + 0.26 * wave(seconds, turns, phase)})`;
    canvas.beginPath();
    canvas.arc(x, y, radius, 0, 2 * Math.PI);
    canvas.fill();
  }
  drawFallingStar(frame);
  drawMoon(frame);
  for (const cloud of CLOUDS) drawCloud(frame, cloud);
}

/** Once in the loop, and quickly. */
function drawFallingStar({ canvas, seconds }: Frame): void {
  const passed = seconds - 38;
  if (passed < 0 || passed > 1.3) return;
  const part = passed / 1.3;
  const [x, y] = [250 + 210 * part, 46 + 74 * part];
  const tail = canvas.createLinearGradient(x - 80, y - 28, x, y);
  tail.addColorStop(0, "rgb(190 240 230 / 0)");
  tail.addColorStop(1, `rgb(190 240 230 / ${0.8 * Math.sin(Math.PI * part)})`);
  canvas.strokeStyle = tail;
  canvas.lineWidth = 1.8;
  canvas.lineCap = "round";
  canvas.beginPath();
  canvas.moveTo(x - 80, y - 28);
  canvas.lineTo(x, y);
  canvas.stroke();
}

function drawMoon({ canvas, seconds }: Frame): void {
  const { x, y, radius } = MOON;
  glow(canvas, { x, y, radius: 250, rgb: "127 227 212", alpha: 0.34 });
  // rings of even tone: a wide soft light alone would show bands where the codec is short of bits
  for (const [factor, alpha] of [
    [3.5, 0.045],
    [2.5, 0.055],
    [1.7, 0.07],
  ] as const) {
    canvas.fillStyle = `rgb(127 227 212 / ${alpha})`;
    canvas.beginPath();
    canvas.arc(x, y, radius * factor + 2 * wave(seconds, 3, factor), 0, 2 * Math.PI);
    canvas.fill();
  }
  canvas.fillStyle = "#9dd5c9";
  canvas.beginPath();
  canvas.arc(x, y, radius, 0, 2 * Math.PI);
  canvas.fill();
  canvas.fillStyle = "rgb(15 118 110 / 0.16)";
  for (const [dx, dy, r] of [
    [-11, -8, 8],
    [10, 5, 11],
    [-6, 17, 5],
    [14, -15, 4],
  ] as const) {
    canvas.beginPath();
    canvas.arc(x + dx, y + dy, r, 0, 2 * Math.PI);
    canvas.fill();
  }
}

/** A bank of flat strips with round ends, which drifts, and has dissolved before it starts anew. */
function drawCloud(
  { canvas, seconds }: Frame,
  { x, y, scale, phase }: (typeof CLOUDS)[number],
): void {
  const part = life(seconds, phase);
  const alpha = 0.17 * smooth(part, 0, 0.25) * (1 - smooth(part, 0.75, 1));
  const left = x + 330 * part + sway(seconds, 0.12);
  canvas.fillStyle = `rgb(112 196 184 / ${alpha})`;
  canvas.beginPath();
  for (const [dx, dy, width, height] of [
    [0, 0, 190, 15],
    [38, -12, 96, 14],
    [-34, 12, 150, 12],
    [70, 22, 84, 9],
  ] as const) {
    const [w, h] = [width * scale, height * scale];
    canvas.roundRect(left + dx * scale, y + dy * scale, w, h, h / 2);
  }
  canvas.fill();
}
