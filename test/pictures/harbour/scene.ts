import { BUOY, drawBuoy, drawRings } from "./bell.ts";
import { drawFarBoats, drawNearBoat, NEAR_BOAT } from "./boats.ts";
import { type Frame, HEIGHT, HORIZON } from "./loop.ts";
import { drawQuay } from "./quay.ts";
import { drawShore } from "./shore.ts";
import { drawSky } from "./sky.ts";
import { drawLanterns, drawWater } from "./water.ts";

/**
 * Draws the harbour at an instant of the loop. The picture is a function of `seconds` alone, and the
 * same at 0 and at `LOOP_SECONDS`.
 */
export function drawHarbour(canvas: CanvasRenderingContext2D, seconds: number): void {
  const frame: Frame = { canvas, seconds };
  drawSky(frame);
  drawWater(frame);
  drawShore(frame);
  drawRings(frame);
  drawFarBoats(frame);
  drawLanterns(frame, HORIZON, BUOY.y);
  drawBuoy(frame);
  drawLanterns(frame, BUOY.y, NEAR_BOAT.y);
  drawNearBoat(frame);
  drawLanterns(frame, NEAR_BOAT.y, HEIGHT);
  drawQuay(frame);
}
