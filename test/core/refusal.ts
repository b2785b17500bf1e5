import { BellcastError, type ErrorCode } from "../../src/core/errors.ts";

/** The error that a client would be told. */
export function refusalOf(run: () => unknown): { code: ErrorCode; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof BellcastError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("it was accepted");
}
