import type { LanguageTag } from "../shared/texts.ts";

export interface Emoji extends Readonly<Record<LanguageTag, string>> {
  readonly char: string;
}

/** What the picker offers, and what it is called. */
export const EMOJI: readonly Emoji[] = [
  { char: "😀", en: "grinning", zh: "咧嘴笑" },
  { char: "😂", en: "tears of joy", zh: "笑哭" },
  { char: "🙂", en: "smiling", zh: "微笑" },
  { char: "😉", en: "winking", zh: "眨眼" },
  { char: "😍", en: "heart eyes", zh: "花痴" },
  { char: "😘", en: "blowing a kiss", zh: "飞吻" },
  { char: "😎", en: "sunglasses", zh: "酷" },
  { char: "🤔", en: "thinking", zh: "思考" },
  { char: "😅", en: "cold sweat", zh: "尴尬" },
  { char: "😭", en: "crying loudly", zh: "大哭" },
  { char: "😡", en: "angry", zh: "生气" },
  { char: "😱", en: "screaming", zh: "惊恐" },
  { char: "😴", en: "sleeping", zh: "睡觉" },
  { char: "🤗", en: "hugging", zh: "拥抱" },
  { char: "🙄", en: "rolling eyes", zh: "白眼" },
  { char: "🥳", en: "party face", zh: "派对" },
  { char: "👍", en: "thumbs up", zh: "赞" },
  { char: "👎", en: "thumbs down", zh: "踩" },
  { char: "👏", en: "clapping", zh: "鼓掌" },
  { char: "🙏", en: "folded hands", zh: "拜托" },
  { char: "👋", en: "waving", zh: "挥手" },
  { char: "👌", en: "OK hand", zh: "好的" },
  { char: "✌️", en: "victory", zh: "胜利" },
  { char: "💪", en: "strong arm", zh: "加油" },
  { char: "❤️", en: "red heart", zh: "红心" },
  { char: "💔", en: "broken heart", zh: "心碎" },
  { char: "🔥", en: "fire", zh: "火" },
  { char: "✨", en: "sparkles", zh: "闪亮" },
  { char: "🎉", en: "party popper", zh: "庆祝" },
  { char: "🎂", en: "cake", zh: "蛋糕" },
  { char: "🎁", en: "present", zh: "礼物" },
  { char: "🌹", en: "rose", zh: "玫瑰" },
  { char: "☕", en: "coffee", zh: "咖啡" },
  { char: "🍵", en: "tea", zh: "茶" },
  { char: "🍜", en: "noodles", zh: "面条" },
  { char: "🍺", en: "beer", zh: "啤酒" },
  { char: "🍉", en: "watermelon", zh: "西瓜" },
  { char: "🐱", en: "cat", zh: "猫" },
  { char: "🐶", en: "dog", zh: "狗" },
  { char: "🐼", en: "panda", zh: "熊猫" },
  { char: "☀️", en: "sun", zh: "太阳" },
  { char: "🌙", en: "moon", zh: "月亮" },
  { char: "🌧️", en: "rain", zh: "下雨" },
  { char: "🚀", en: "rocket", zh: "火箭" },
  { char: "⏰", en: "alarm clock", zh: "闹钟" },
  { char: "🔔", en: "bell", zh: "铃铛" },
  { char: "✅", en: "done", zh: "完成" },
  { char: "❌", en: "cross", zh: "错误" },
];

// Not \p{RGI_Emoji}: it needs the `v` flag, which is a syntax error to browsers of 2022
const ONE =
  /(?![©®™])(?:\p{RI}{2}|[#*0-9]\uFE0F?\u20E3|\p{ExtPict}(?:\p{EMod}|\uFE0F)?(?:\u200D\p{ExtPict}(?:\p{EMod}|\uFE0F)?)*)\s*/gu;
const MOST = 3;

/** Whether a text is one to three emoji and nothing else: it is shown large. */
export function isLarge(text: string): boolean {
  const found = text.trim().match(ONE) ?? [];
  return found.length > 0 && found.length <= MOST && found.join("") === text.trim();
}
