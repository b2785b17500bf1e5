/** A server of the tests: runs the job whose file it is given, and then what its second argument says. */
import { JobOfTest } from "./fixture.ts";

const [, , file = "", then] = process.argv;
const job = new JobOfTest({ file });
job.lines.push = (line) => {
  console.log(line);
  return 0;
};
const run = job.run();
if (then === "ends") console.log(await run);
if (then === "waits") await new Promise(() => setInterval(() => {}, 1_000));
