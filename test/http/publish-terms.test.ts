import { expect, test } from "bun:test";

import { brief, start } from "./harness.ts";

// Until it is done, a wish must not be taken for granted: a message meant for later would go out now.
test.each([
  ["Delay: 30s", "delay=30s"],
  ["At: 2030-01-01T00:00:00Z", "at=2030-01-01T00:00:00Z"],
  ["Cron: 0 0 9 * * *", "cron=0+0+9+*+*+*"],
])(
  "%s is refused, as a header and as a parameter, and nothing is published",
  async (term, query) => {
    await using app = await start();
    const [name = "", value = ""] = term.split(": ");
    const publish = (path: string, headers: Record<string, string>) =>
      fetch(app.url + path, { method: "POST", body: "x", headers });
    expect(await brief(await publish("/t/a", { [name]: value }))).toEqual([400, "not_offered"]);
    expect(await brief(await publish(`/t/a?${query}`, {}))).toEqual([400, "not_offered"]);
    expect(await (await fetch(`${app.url}/t/a`)).json()).toMatchObject({ head: 0, messages: [] });
  },
);
