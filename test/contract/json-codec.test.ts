import { json } from "../../src/protocol/json.ts";
import { codecContract } from "./codec.ts";

codecContract(json);
