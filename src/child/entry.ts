/** Where a child begins when it runs from source; the executable begins in `main.ts`. */
import { guest } from "./guest.ts";

guest(process.env);
