/** The languages in which everything that a person reads exists. */
export type Lang = "en" | "zh";

/** One sentence in each of them. */
export type Text = Readonly<Record<Lang, string>>;
