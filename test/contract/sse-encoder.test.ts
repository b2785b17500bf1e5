import { sse } from "../../src/protocol/sse.ts";
import { codecContract } from "./codec.ts";

codecContract(sse("log", "json"));
codecContract(sse("log", "text"));
