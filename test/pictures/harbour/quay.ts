import { type Frame, glow, HEIGHT, sway, wave } from "./loop.ts";

const LANTERNS = [
  { x: 70, y: 395 },
  { x: 108, y: 408 },
  { x: 146, y: 412 },
] as const;

/** The end of a quay in the foreground, with lanterns on a line that the wind moves. */
export function drawQuay({ canvas, seconds }: Frame): void {
  canvas.save();
  canvas.translate(sway(seconds, 1.25), 0);
  for (const [index, { x, y }] of LANTERNS.entries()) {
    for (let down = 0; down < 5; down++) {
      const shift = 2 * wave(seconds, 13, index * 0.3 + down / 6);
      canvas.fillStyle = `rgb(246 176 100 / ${0.34 - 0.055 * down})`;
      canvas.beginPath();
      canvas.roundRect(x - 9 + down + shift, y + 42 + 8 * down, 18 - 2 * down, 2.6, 1.3);
      canvas.fill();
    }
  }
  canvas.fillStyle = "#031514";
  canvas.fillRect(-60, 486, 262, 13);
  for (const x of [-6, 60, 126, 186]) canvas.fillRect(x, 478, 9, HEIGHT - 478);
  canvas.fillRect(34, 366, 5, 124);
  canvas.fillRect(182, 396, 5, 94);
  canvas.strokeStyle = "#031514";
  canvas.lineWidth = 2;
  canvas.beginPath();
  canvas.moveTo(36, 369);
  canvas.quadraticCurveTo(112, 424, 184, 398);
  canvas.stroke();
  for (const [index, { x, y }] of LANTERNS.entries()) {
    canvas.save();
    canvas.translate(x, y - 4);
    canvas.rotate(0.09 * wave(seconds, 12, index * 0.17));
    glow(canvas, { x: 0, y: 16, radius: 62, rgb: "255 160 84", alpha: 0.5 });
    canvas.fillStyle = "#031514";
    canvas.fillRect(-1, -2, 2, 8);
    canvas.fillRect(-5, 5, 10, 3);
    canvas.fillRect(-5, 26, 10, 3);
    canvas.fillStyle = "#d8713a";
    canvas.beginPath();
    canvas.ellipse(0, 17, 12, 10, 0, 0, 2 * Math.PI);
    canvas.fill();
    canvas.fillStyle = "#f6b064";
    canvas.beginPath();
    canvas.ellipse(0, 17, 6, 9, 0, 0, 2 * Math.PI);
    canvas.fill();
    canvas.restore();
  }
  canvas.restore();
}
