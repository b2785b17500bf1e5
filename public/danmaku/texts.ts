import type { TextTable } from "../shared/texts.ts";

/** What the page says, beside what all pages do. */
export const DANMAKU_TEXTS = {
  title: { en: "Danmaku · Bellcast", zh: "弹幕 · Bellcast" },

  player: { en: "Player", zh: "播放器" },
  play: { en: "Play", zh: "播放" },
  pause: { en: "Pause", zh: "暂停" },
  position: { en: "Position in the video", zh: "播放进度" },
  timeOf: { en: "{time} of {duration}", zh: "{time}，共 {duration}" },
  mute: { en: "Sound off", zh: "静音" },
  unmute: { en: "Sound on", zh: "取消静音" },
  fullscreen: { en: "Full screen", zh: "全屏" },
  commentsShown: { en: "Show comments", zh: "显示弹幕" },
  settings: { en: "Settings", zh: "弹幕设置" },
  leftOut: { en: "+{n} left out", zh: "另有 {n} 条未显示" },

  clip: { en: "Harbour, the built-in clip", zh: "内置短片《港湾》" },
  watching: { en: "{n} watching", zh: "{n} 人正在看" },
  choose: { en: "Choose a video of yours", zh: "选择本地视频" },
  backToClip: { en: "Back to the clip", zh: "返回内置短片" },
  fileNote: {
    en: "The file stays on this device. Whoever opens the same one meets you here.",
    zh: "视频只在本机播放，不会上传。打开同一个文件的人，能在这里看到彼此的弹幕。",
  },
  clipFails: {
    en: "This browser cannot play the clip. The comments fly all the same.",
    zh: "浏览器无法播放这段短片，弹幕照常显示。",
  },
  fileFails: {
    en: "This browser cannot play “{name}”. MP4 (H.264) and WebM play nearly everywhere.",
    zh: "浏览器无法播放“{name}”。MP4（H.264）和 WebM 格式基本都能播放。",
  },

  composer: { en: "Your comment", zh: "发弹幕" },
  commentHint: { en: "Send a comment", zh: "发条友善的弹幕吧" },
  sendComment: { en: "Send", zh: "发送" },
  charactersLeft: { en: "characters left", zh: "剩余字数" },
  tooLong: {
    en: "A comment is one line of at most {n} characters.",
    zh: "弹幕只能有一行，最多 {n} 个字。",
  },
  ownSkipped: {
    en: "Only you have seen it: too much came at that moment.",
    zh: "刚才弹幕太多，这条只有你自己能看到。",
  },
  mode: { en: "Where it flies", zh: "弹幕位置" },
  modeScroll: { en: "Scrolling", zh: "滚动" },
  modeTop: { en: "Top", zh: "顶部" },
  modeBottom: { en: "Bottom", zh: "底部" },
  size: { en: "Size", zh: "字号" },
  sizeSmall: { en: "Small", zh: "小" },
  sizeNormal: { en: "Normal", zh: "标准" },
  sizeLarge: { en: "Large", zh: "大" },
  color: { en: "Colour", zh: "颜色" },
  white: { en: "White", zh: "白色" },
  red: { en: "Red", zh: "红色" },
  orange: { en: "Orange", zh: "橙色" },
  yellow: { en: "Yellow", zh: "黄色" },
  green: { en: "Green", zh: "绿色" },
  cyan: { en: "Cyan", zh: "青色" },
  blue: { en: "Blue", zh: "蓝色" },
  pink: { en: "Pink", zh: "粉色" },
  terminal: { en: "From a terminal:", zh: "也可以在终端里发：" },

  comments: { en: "Comments", zh: "弹幕列表" },
  goTo: { en: "Go to {time}", zh: "跳转到 {time}" },
  empty: {
    en: "Nothing has been said over this video yet. Be the first.",
    zh: "还没有弹幕，来抢个沙发吧。",
  },
  fateSending: { en: "being sent", zh: "发送中" },
  fateUnseen: { en: "seen by you alone", zh: "仅自己可见" },
  fateFailed: { en: "not sent", zh: "未发送" },
  restored: {
    en: "{n} {n|comment|comments} came while you were away.",
    zh: "断线期间有 {n} 条弹幕，已补上。",
  },
  gap: {
    en: "Some of what was said while you were away is not kept any more.",
    zh: "断线期间的部分弹幕已不再保留。",
  },
  pastRefused: {
    en: "What was said before cannot be read ({why}).",
    zh: "无法读取之前的弹幕（{why}）。",
  },
  topicRefused: {
    en: "This server does not let you take part here ({why}).",
    zh: "服务器不允许你在这里收发弹幕（{why}）。",
  },

  opacity: { en: "Opacity", zh: "不透明度" },
  scale: { en: "Size of the letters", zh: "文字大小" },
  speed: { en: "Speed", zh: "滚动速度" },
  area: { en: "Part of the picture", zh: "显示区域" },
  areaQuarter: { en: "A quarter", zh: "1/4 屏" },
  areaHalf: { en: "Half", zh: "半屏" },
  areaThree: { en: "Three quarters", zh: "3/4 屏" },
  areaFull: { en: "All of it", zh: "全屏" },
  blocked: { en: "Block words", zh: "屏蔽词" },
  blockedHint: { en: "One on each line", zh: "每行一个" },
  hasKeys: {
    en: "Keys: space, ← →, F full screen, D comments",
    zh: "快捷键：空格、← →、F 全屏、D 弹幕",
  },
  measure: { en: "Show what a frame costs", zh: "显示性能数据" },

  measured: {
    en: "{frames} fps · frame {median} ms, worst {worst} ms · on stage {onStage} · arrived {arrived}/s · drawn {drawn} · no lane {crowdedOut} · left out {leftOut}",
    zh: "{frames} 帧/秒 · 每帧 {median} ms，最慢 {worst} ms · 屏上 {onStage} 条 · 到达 {arrived} 条/秒 · 已显示 {drawn} · 无空位 {crowdedOut} · 服务器略过 {leftOut}",
  },
  load: { en: "Simulated here", zh: "本页模拟" },
  perSecond: { en: "a second", zh: "条/秒" },
} as const satisfies TextTable;

export type DanmakuKey = keyof typeof DANMAKU_TEXTS;
