import { plain } from "../../src/protocol/plain.ts";
import { codecContract } from "./codec.ts";

codecContract(plain);
