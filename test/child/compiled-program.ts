/** An executable of the tests: a child like ours, or a parent that runs the job whose file it is given. */
import { answersChildVerb, CHILD_VERB } from "../../src/child/command.ts";

const [, , file = "", as] = process.argv;
if (file === CHILD_VERB) {
  const { guest } = await import("../../src/child/guest.ts");
  guest(process.env);
} else {
  const { JobOfTest } = await import("./fixture.ts");
  // One that says nothing is somebody else's program.
  if (as !== "foreign") answersChildVerb();
  await using job = new JobOfTest({ file });
  const told = [];
  for (let run = 0; run < 2; run++) {
    const abort = AbortSignal.timeout(as === "short" ? 300 : 10_000);
    told.push(await job.run(abort).catch((error: Error) => `failed: ${error.message}`));
  }
  console.log(JSON.stringify(told));
}
