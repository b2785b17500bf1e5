/** Every word that the page says, in each language it speaks. */

export const LANGUAGES = ["en", "zh"] as const;
export type LanguageTag = (typeof LANGUAGES)[number];

/** `{n}` stands for a fact, `{n|one|other}` for the word that agrees with it. */
export const TEXTS = {
  // the button names the language that it leads to, in that language
  otherLanguage: { en: "中文", zh: "English" },

  connecting: { en: "Connecting…", zh: "连接中…" },
  open: { en: "Live", zh: "已连接" },
  waiting: { en: "Reconnecting in {n} s", zh: "{n} 秒后重新连接" },
  waitingAloud: { en: "Connection lost, reconnecting", zh: "连接中断，正在重新连接" },
  closed: { en: "Closed", zh: "已关闭" },
  refused: { en: "Refused: {why}", zh: "已被拒绝：{why}" },
  retryNow: { en: "Retry now", zh: "立即重试" },

  messages: { en: "Messages", zh: "消息" },
  clear: { en: "Clear", zh: "清空" },
  empty: { en: "Nothing yet. What arrives is shown here.", zh: "暂无消息，收到后会显示在这里。" },
  jump: { en: "{n} new", zh: "{n} 条新消息" },
  arrived: { en: "{n} new {n|message|messages}", zh: "{n} 条新消息" },
  bytes: { en: "‹{n} {n|byte|bytes}›", zh: "‹{n} 字节›" },

  kindMessage: { en: "received", zh: "收到" },
  kindSent: { en: "sent", zh: "发出" },
  kindOpen: { en: "open", zh: "连接" },
  kindClose: { en: "close", zh: "断开" },
  kindError: { en: "error", zh: "错误" },

  lineOpen: { en: "Connected as {sid}", zh: "已连接，身份为 {sid}" },
  lineLost: { en: "Connection lost ({why})", zh: "连接中断（{why}）" },
  lineFailed: { en: "Could not connect; trying again", zh: "无法连接，将继续重试" },
  lineClosed: { en: "Connection closed", zh: "连接已关闭" },
  lineRefused: {
    en: "The server refused the connection ({why})",
    zh: "服务器拒绝了连接（{why}）",
  },
  lineSentTo: { en: "to {topic}", zh: "发往 {topic}" },

  text: { en: "Message", zh: "消息内容" },
  textHint: { en: "Write a message", zh: "输入消息" },
  topic: { en: "To topic", zh: "发往主题" },
  topicHint: { en: "Server only", zh: "仅服务器" },
  toServer: {
    en: "Sent to the server alone. Name a topic, such as all, to reach other pages.",
    zh: "只发给服务器。填写主题（如 all）即可发给其他页面。",
  },
  toTopic: {
    en: "Published to everyone who listens to {topic}.",
    zh: "发布给所有订阅 {topic} 的页面。",
  },
  send: { en: "Send message", zh: "发送消息" },
  keys: { en: "Enter sends, Shift+Enter breaks the line", zh: "回车发送，Shift+回车换行" },

  notConnected: {
    en: "Not connected, so nothing was sent. Your text is kept.",
    zh: "尚未连接，消息没有发出，内容已保留。",
  },
  unreachable: {
    en: "The server could not be reached. Your text is kept; it may not have been published.",
    zh: "无法访问服务器，内容已保留；消息可能没有发布。",
  },
  tooLong: {
    en: "Not sent: this text is {bytes} bytes, and the server takes {limit} at most. It is kept.",
    zh: "没有发出：内容共 {bytes} 字节，服务器最多接受 {limit} 字节，内容已保留。",
  },
  returned: {
    en: "The server closed the connection: your last text was too long, and was not received.",
    zh: "服务器关闭了连接：上一条消息过长，没有被接收。",
  },
  rejected: { en: "The server does not accept it ({why}).", zh: "服务器不接受（{why}）。" },

  connection: { en: "Connection", zh: "连接" },
  session: { en: "Session", zh: "会话" },
  topics: { en: "Topics", zh: "主题" },
  moreTopics: { en: "More topics", zh: "更多主题" },
  moreTopicsHint: { en: "orders, kitchen", zh: "订单, 厨房" },
  apply: { en: "Apply", zh: "应用" },
  close: { en: "Close connection", zh: "关闭连接" },
  connect: { en: "Connect", zh: "重新连接" },

  terminal: { en: "From a terminal", zh: "在终端里发布" },
  terminalNote: {
    en: "Whatever can speak HTTP can push to this page.",
    zh: "任何能发 HTTP 请求的程序都能推送到本页。",
  },
  copy: { en: "Copy", zh: "复制" },
  copied: { en: "Copied", zh: "已复制" },
  selected: { en: "Selected: copy it with your keyboard", zh: "已选中，请用键盘复制" },
} as const satisfies Record<string, Record<LanguageTag, string>>;

export type TextKey = keyof typeof TEXTS;
