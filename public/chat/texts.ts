import type { TextTable } from "../shared/texts.ts";

/** What the page says, beside what all pages do. */
export const CHAT_TEXTS = {
  title: { en: "Chat · Bellcast", zh: "聊天 · Bellcast" },
  titleUnread: { en: "({n}) Chat · Bellcast", zh: "({n}) 聊天 · Bellcast" },

  joinTitle: { en: "What shall others call you?", zh: "怎么称呼你？" },
  joinLead: {
    en: "A name is all it takes. It is yours for this tab, and others see it beside what you write.",
    zh: "起个昵称就能开聊。它只属于这个标签页，会显示在你的消息旁边。",
  },
  nick: { en: "Nickname", zh: "昵称" },
  nickHint: { en: "Anna", zh: "小明" },
  join: { en: "Join the chat", zh: "加入聊天" },
  cancel: { en: "Cancel", zh: "取消" },
  nickEmpty: { en: "Write a name first.", zh: "请先输入昵称。" },
  nickLong: { en: "{max} characters at most, please.", zh: "昵称最多 {max} 个字符。" },
  nickForm: {
    en: "A name is made of letters, digits, spaces and . _ -",
    zh: "昵称只能包含文字、数字、空格和 . _ -",
  },
  changeNick: { en: "Change name", zh: "改昵称" },
  youAre: { en: "You are {name}", zh: "你是 {name}" },
  you: { en: "You", zh: "你" },
  yourself: { en: "(you)", zh: "（你）" },
  unsigned: { en: "Unsigned", zh: "未署名" },

  rooms: { en: "Rooms", zh: "聊天室" },
  lobby: { en: "Lobby", zh: "大厅" },
  directs: { en: "Direct messages", zh: "私信" },
  directTo: { en: "Direct message", zh: "私信" },
  addRoom: { en: "Open a room", zh: "进入聊天室" },
  roomName: { en: "Name of the room", zh: "聊天室名称" },
  add: { en: "Open", zh: "进入" },
  roomForm: {
    en: "A room is named by 1 to 40 letters, digits, - or _",
    zh: "聊天室名称为 1 到 40 个文字、数字、- 或 _",
  },
  leaveRoom: { en: "Leave this room", zh: "退出聊天室" },
  endDirect: { en: "Close this conversation", zh: "关闭私信" },
  showRooms: { en: "Rooms and direct messages", zh: "聊天室和私信" },
  unread: { en: "{n} unread", zh: "{n} 条未读" },

  people: { en: "Who is here", zh: "在线成员" },
  online: { en: "{n} here", zh: "{n} 人在线" },
  showPeople: { en: "Who is here", zh: "在线成员" },
  peopleHint: {
    en: "Choose somebody to write to them alone.",
    zh: "点一下名字，就能单独私信对方。",
  },
  more: { en: "and {n} more", zh: "还有 {n} 人" },
  presenceOff: {
    en: "This room does not show who is here.",
    zh: "这个聊天室不显示在线成员。",
  },
  presenceUnknown: { en: "Who is here is not known at the moment.", zh: "暂时无法获取在线成员。" },

  chatLog: { en: "Conversation", zh: "对话" },
  today: { en: "Today", zh: "今天" },
  yesterday: { en: "Yesterday", zh: "昨天" },
  newMessages: { en: "New messages", zh: "新消息" },
  latest: { en: "Latest messages", zh: "最新消息" },
  restored: { en: "{n} {n|message|messages} restored", zh: "已补回 {n} 条消息" },
  gap: { en: "Some messages are no longer kept", zh: "部分消息已不再保留" },
  beginning: { en: "This is where it begins", zh: "没有更早的消息了" },
  sayHello: { en: "Nobody has said anything yet. Say hello!", zh: "还没有人说话，打个招呼吧！" },
  sayHelloTo: {
    en: "Write to {name}. Nobody else in the room sees it.",
    zh: "给 {name} 发消息，聊天室里的其他人看不到。",
  },
  orCurl: { en: "From a terminal it sounds like this:", zh: "也可以在终端里这样发：" },
  directNote: {
    en: "Kept in this tab alone. A server without sign-in does not keep inboxes private.",
    zh: "只保存在这个标签页中。未启用登录的服务器不保证私信保密。",
  },
  noReply: {
    en: "These came without a sender: there is nobody to answer.",
    zh: "这些消息没有署名，无法回复。",
  },
  heardDirect: { en: "{name}, directly: {text}", zh: "{name} 私信你：{text}" },
  heard: { en: "{name}: {text}", zh: "{name}：{text}" },

  writeTo: { en: "Write to {name}", zh: "发消息到 {name}" },
  writeToOne: { en: "Write to {name}", zh: "发消息给 {name}" },
  emoji: { en: "Emoji", zh: "表情" },
  stateWaiting: { en: "Waiting for a connection", zh: "等待连接" },
  stateSending: { en: "Sending…", zh: "发送中…" },
  stateSent: { en: "Sent", zh: "已发送" },
  stateFailed: { en: "Not sent", zh: "未发送" },
  notDelivered: {
    en: "Not delivered: they are not here",
    zh: "未送达：对方不在线",
  },
  retry: { en: "Retry", zh: "重试" },
  discard: { en: "Discard", zh: "删除" },
  chatWaits: {
    en: "No connection. What you write waits here and is sent when it is back.",
    zh: "连接已断开，现在写的消息会先留在这里，恢复后自动发送。",
  },
  chatOffline: {
    en: "This device is offline. What you write waits here and is sent later.",
    zh: "设备已离线，现在写的消息会先留在这里，联网后自动发送。",
  },
  chatRefused: { en: "The server has ended the connection.", zh: "服务器已结束连接。" },
  connectAgain: { en: "Connect again", zh: "重新连接" },
  roomRefused: {
    en: "The server does not let you into this room ({why}).",
    zh: "服务器不允许进入这个聊天室（{why}）。",
  },
  tooManyRooms: {
    en: "The server allows no more rooms at a time. Leave one, and come back.",
    zh: "同时加入的聊天室已达上限，请先退出一个再试。",
  },
  roomAgain: { en: "Try again", zh: "再试一次" },
  typingOne: { en: "{a} is typing…", zh: "{a} 正在输入…" },
  typingTwo: { en: "{a} and {b} are typing…", zh: "{a} 和 {b} 正在输入…" },
  typingMany: { en: "Several people are typing…", zh: "多人正在输入…" },
} as const satisfies TextTable;

export type ChatKey = keyof typeof CHAT_TEXTS;
