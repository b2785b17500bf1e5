import { poll } from "../../src/protocol/poll.ts";
import { codecContract } from "./codec.ts";

codecContract(poll);
