import type { TextTable } from "../shared/texts.ts";

/** What the page says, beside what all pages do. */
export const COMPARE_TEXTS = {
  title: { en: "Compare · Bellcast", zh: "对比 · Bellcast" },

  measuring: { en: "Five ways to hear of the same thing", zh: "同一份消息，五种收法" },
  measuringHint: {
    en: "Messages are on their way; in a moment there is something to compare.",
    zh: "消息已经发出，马上就有结果。",
  },
  measuringPaused: {
    en: "No messages are published: choose how often.",
    zh: "没有消息在发布：请选择消息频率。",
  },
  measuringAway: {
    en: "As soon as the server is there, messages are published.",
    zh: "服务器恢复后会自动发布消息。",
  },
  fewer: {
    en: "{push}: {times} times fewer bytes than polling every second",
    zh: "每秒轮询的流量是 {push} 的 {times} 倍",
  },
  notFewer: {
    en: "{push}: {times} times the bytes of polling every second",
    zh: "{push} 的流量是每秒轮询的 {times} 倍",
  },
  equal: {
    en: "{push}: as many bytes as polling every second",
    zh: "{push} 的流量与每秒轮询相当",
  },
  sooner: {
    en: "Messages come {times} times sooner: after {push} instead of {poll}, in the median.",
    zh: "延迟中位数只有 {push}，轮询则要 {poll}，相差 {times} 倍。",
  },
  notSooner: {
    en: "The median delay is {push}; by polling it is {poll}.",
    zh: "延迟中位数 {push}，轮询则是 {poll}。",
  },

  pace: { en: "Messages", zh: "消息频率" },
  paceSlow: { en: "every 5 s", zh: "5 秒 1 条" },
  paceSecond: { en: "1 a second", zh: "每秒 1 条" },
  paceFast: { en: "5 a second", zh: "每秒 5 条" },
  pacePaused: { en: "none", zh: "暂停" },
  cutAll: { en: "Cut all connections", zh: "断开全部连接" },
  reset: { en: "Reset", zh: "重新开始" },
  published: { en: "{n} published", zh: "已发布 {n} 条" },
  noServer: { en: "Waits for the server", zh: "等待服务器" },

  legendPublished: { en: "published", zh: "发布" },
  legendDelay: { en: "on its way until it arrived", zh: "从发布到收到" },
  legendRequest: { en: "request", zh: "请求" },
  legendCut: { en: "cut off", zh: "断开" },
  columns: { en: "The five ways", zh: "五种方式" },
  strip: {
    en: "{name}: the last 30 seconds, messages with their delays and requests",
    zh: "{name}：最近 30 秒的消息、延迟和请求",
  },

  poll5: { en: "Polling, every 5 s", zh: "每 5 秒轮询" },
  poll1: { en: "Polling, every second", zh: "每秒轮询" },
  longPoll: { en: "Long poll", zh: "长轮询" },
  about_poll5: {
    en: "Asks every five seconds, whether there is something or not.",
    zh: "每 5 秒问一次，不管有没有新消息。",
  },
  about_poll1: {
    en: "Asks every second, whether there is something or not.",
    zh: "每秒问一次，不管有没有新消息。",
  },
  about_longPoll: {
    en: "Asks, and is answered when there is something. Then it asks again.",
    zh: "问一次，等有了消息才得到回答，然后再问。",
  },
  about_sse: {
    en: "Asks once. The answer never ends, and each message is a piece of it.",
    zh: "只问一次，回答一直不结束，每条消息都是其中一段。",
  },
  about_ws: {
    en: "Shakes hands once. Each message is a frame, in both directions.",
    zh: "握手一次，之后每条消息只是一帧，收发都行。",
  },

  stateConnecting: { en: "connecting", zh: "连接中" },
  stateOpen: { en: "live", zh: "已连接" },
  stateWaiting: { en: "cut off", zh: "已断开" },
  stateRefused: { en: "refused", zh: "被拒绝" },
  stateClosed: { en: "closed", zh: "已关闭" },
  whyWaiting: {
    en: "Cannot connect ({why}); keeps trying.",
    zh: "无法连接（{why}），会继续尝试。",
  },
  whyAway: { en: "Cannot connect; keeps trying.", zh: "无法连接，会继续尝试。" },
  whyRefused: { en: "The server refuses: {why}", zh: "服务器拒绝：{why}" },

  bytesTotal: { en: "On the wire", zh: "总流量" },
  bytesEach: { en: "Per message", zh: "平均每条" },
  bytesDay: { en: "1,000 viewers, a day", zh: "1000 人看一天" },
  requests: { en: "Requests", zh: "请求" },
  median: { en: "Median delay", zh: "延迟中位数" },
  worst: { en: "Worst delay", zh: "最大延迟" },
  received: { en: "Received", zh: "收到" },
  receivedOf: { en: "{n} of {all}", zh: "{n} / {all}" },
  missing: { en: "Missing", zh: "缺失" },
  twice: { en: "Twice", zh: "重复" },
  nothing: { en: "–", zh: "–" },

  cut: { en: "Cut for 3 s", zh: "断开 3 秒" },
  cutOne: { en: "Cut for 3 s: {name}", zh: "断开 3 秒：{name}" },
  neverCut: { en: "Cut it, and see how it comes back.", zh: "断开试试，看它怎样恢复。" },
  isAway: { en: "Cut off. {n} published meanwhile.", zh: "已断开，其间发布了 {n} 条。" },
  isWaited: {
    en: "The cut is over; the next message has not come yet.",
    zh: "断开时间已过，下一条消息还没到。",
  },
  isBack: {
    en: "Heard again after {time}: {n} of {all} that were missed came back.",
    zh: "{time} 后重新收到消息，错过的 {all} 条补回 {n} 条。",
  },
  isBackWithout: {
    en: "Heard again after {time}; nothing was published meanwhile.",
    zh: "{time} 后重新收到消息，其间没有发布消息。",
  },
  saidCut: { en: "All connections are cut for three seconds", zh: "全部连接断开 3 秒" },
  saidFresh: { en: "Started afresh", zh: "已重新开始" },

  feedRefused: {
    en: "The feed was refused, so that there is nothing to compare: {why}",
    zh: "消息发布被拒绝，无从对比：{why}",
  },
  sizeUnknown: {
    en: "The server does not say how many bytes a request of this browser has: the figures leave out most of the request headers.",
    zh: "服务器没有告知本浏览器的请求有多少字节，以下数字缺少大部分请求头。",
  },

  counted: { en: "What is counted", zh: "统计口径" },
  countedBytes: {
    en: "Bytes: request lines, all headers and bodies, in both directions, with the framing of HTTP/1.1 chunks and of WebSocket frames, and the handshakes. A page cannot read the headers of its own requests: the server tells how many bytes one of them has (GET /v1/request), and the others follow from that.",
    zh: "流量：双向的请求行、全部头部和正文，包括 HTTP/1.1 分块和 WebSocket 帧的开销以及握手。页面读不到自己发出的请求头，于是由服务器告知其中一个的字节数（GET /v1/request），其余由此推算。",
  },
  countedNot: {
    en: "Not counted: TCP, IP and TLS, which weigh more on whoever asks often; the pings of the WebSocket protocol, 8 bytes and only while nothing else is said; and, behind a proxy that speaks HTTP/2 or compresses, what it saves between itself and this browser.",
    zh: "未计入：TCP、IP 和 TLS 的开销（问得越勤，负担越重）；WebSocket 协议自身的心跳，每次 8 字节，仅在没有其他数据时发送；如果前面有支持 HTTP/2 或压缩的代理，它与浏览器之间省下的部分也未计入。",
  },
  countedDelay: {
    en: "Delay: from the moment at which this page published until it was told, by one clock; what was missed during a cut has waited for its end. The publisher has a connection of its own, which is not compared. On one machine push takes a few milliseconds; through a network, its way is added to every column.",
    zh: "延迟：从本页发布到收到为止，用同一个时钟计量；断开期间错过的消息，等待的时间也算在内。发布用的是单独的连接，不参与对比。在同一台机器上，推送只需几毫秒；经过网络时，每一列都会加上传输时间。",
  },
  countedDay: {
    en: "1,000 viewers, a day: the bytes of the last minute, for a thousand times as many viewers and for a whole day.",
    zh: "1000 人看一天：按最近一分钟的速率推算。",
  },
  countedHidden: {
    en: "While the page is hidden, nothing is published and nobody is connected: browsers hold up the timers of such pages, which would be measured as delay.",
    zh: "页面在后台时不发布消息，也不保持连接：浏览器会推迟后台页面的定时器，那会被误计为延迟。",
  },

  thisBrowser: { en: "This browser", zh: "这个浏览器" },
  has: { en: "yes", zh: "有" },
  lacks: { en: "no", zh: "无" },
  chosen: { en: "connect() uses", zh: "connect() 会用" },
  choosesSharedWs: {
    en: "WebSocket, one for all tabs. Where a network refuses it: Server-Sent Events, then long poll.",
    zh: "WebSocket，所有标签页共用一条。网络不放行时，改用 SSE，再不行用长轮询。",
  },
  choosesWs: {
    en: "WebSocket, one for each tab. Where a network refuses it: Server-Sent Events, then long poll.",
    zh: "WebSocket，每个标签页一条。网络不放行时，改用 SSE，再不行用长轮询。",
  },
  choosesSse: { en: "Server-Sent Events, then long poll.", zh: "SSE，不行再用长轮询。" },
  choosesPoll: { en: "Long poll.", zh: "长轮询。" },
  hasWebSocket: {
    en: "The first choice: both ways over one connection.",
    zh: "首选：一条连接，双向收发。",
  },
  lacksWebSocket: {
    en: "The client receives by Server-Sent Events and publishes by POST.",
    zh: "客户端改用 SSE 接收、POST 发布。",
  },
  hasStreams: {
    en: "Server-Sent Events are read by fetch, which tells of refusals.",
    zh: "SSE 通过 fetch 读取，被拒绝时能得知原因。",
  },
  lacksStreams: { en: "The client polls instead.", zh: "客户端改用长轮询。" },
  hasEventSource: {
    en: "The client does without; a page without a library can use it.",
    zh: "客户端不用它；不用库的页面可以直接使用。",
  },
  lacksEventSource: { en: "The client does without.", zh: "客户端不需要它。" },
  hasSharedWorker: { en: "Tabs share one connection.", zh: "多个标签页共用一条连接。" },
  lacksSharedWorker: {
    en: "Each tab has a connection of its own.",
    zh: "每个标签页各用一条连接。",
  },
  hasTextDecoderStream: {
    en: "A stream's bytes become text as they come.",
    zh: "流中的字节边到边转成文字。",
  },
  lacksTextDecoderStream: {
    en: "The client polls instead of streaming.",
    zh: "客户端不用流，改用长轮询。",
  },
  hasAbortTimeout: {
    en: "When a connection fails, the client asks why, and not for ever.",
    zh: "连接失败时，客户端会限时询问原因。",
  },
  lacksAbortTimeout: {
    en: "The client cannot ask why a connection fails, and keeps trying.",
    zh: "客户端无法询问失败原因，只会不断重试。",
  },
  isSecure: {
    en: "A secure context: the page can be installed, and use the clipboard.",
    zh: "安全上下文：页面可以安装，也能使用剪贴板。",
  },
  isNotSecure: {
    en: "Plain HTTP from another machine: everything here works, but the page cannot be installed and has no clipboard. HTTPS in front gives both.",
    zh: "通过其他机器的明文 HTTP 打开：功能都正常，但不能安装，也不能用剪贴板。前面加上 HTTPS 即可。",
  },
  protocol: { en: "Protocol", zh: "协议" },
  protocolOld: {
    en: "Six connections to a host, all tabs together. WebSockets are not among them.",
    zh: "对同一主机最多 6 条连接，所有标签页合计，WebSocket 不计在内。",
  },
  protocolNew: {
    en: "All requests share one connection, with compressed headers: the figures here are those of the proxy behind it.",
    zh: "所有请求共用一条连接，头部也会压缩：这里的数字是代理之后的情况。",
  },
  protocolUnknown: { en: "The browser does not say.", zh: "浏览器没有告知。" },
} as const satisfies TextTable;

export type CompareKey = keyof typeof COMPARE_TEXTS;
