/**
 * The control row: nothing but `Bun.serve` and `server.publish`. A socket subscribes to as many
 * native topics as one of Bellcast's does: the broadcast, its inbox, and what it asks for.
 */
import { TOPIC, underTest } from "./target.ts";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: {
    "/ws/:sid": (request, server) => {
      const sid = request.params.sid;
      return server.upgrade(request, { data: { sid } })
        ? undefined
        : new Response(null, { status: 426 });
    },
    [`/t/${TOPIC}`]: {
      POST: async (request, server) => {
        server.publish(TOPIC, await request.text());
        return Response.json({
          topic: TOPIC,
          time: Date.now(),
          sessions: server.subscriberCount(TOPIC),
        });
      },
    },
  },
  websocket: {
    data: {} as { sid: string },
    open(socket) {
      socket.subscribe("all");
      socket.subscribe(`@${socket.data.sid}`);
      socket.subscribe(TOPIC);
    },
    message() {},
  },
});

underTest(server.url.href, (text) => server.publish(TOPIC, text));
