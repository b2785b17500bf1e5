import { BellcastError } from "../core/errors.ts";
import type { Hub } from "../core/hub.ts";
import type { Session } from "../core/session.ts";
import { integer } from "./parameters.ts";
import { json } from "./reply.ts";
import type { Context } from "./router.ts";

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;

/** `GET /v1/sessions`: who is connected, oldest first; `?sid=` and `?limit=` narrow it. */
export function listSessions(hub: Hub) {
  return ({ query }: Context): Response => {
    const sid = query.get("sid");
    const limit = integer(query, "limit", { min: 1, max: MAX_LIMIT }) ?? DEFAULT_LIMIT;
    const all = [...hub.sessions];
    const found = sid === null ? all : all.filter((session) => session.sid === sid);
    return json({ total: found.length, sessions: found.slice(0, limit).map(summary) });
  };
}

/** `DELETE /v1/sessions/{sid}`: ends every session of a sid; they are told not to come back. */
export function closeSessions(hub: Hub) {
  return ({ params }: Context): Response => {
    const sid = params["sid"] ?? "";
    const sessions = [...hub.sessions].filter((session) => session.sid === sid);
    if (sessions.length === 0) throw new BellcastError("unknown_session");
    for (const session of sessions) session.close("forbidden");
    return json({ sid, closed: sessions.length });
  };
}

function summary({ sid, transport, codec, topics, to, openedAt, remote }: Session): object {
  return { sid, transport, codec: codec.name, topics, to, openedAt, remote };
}
