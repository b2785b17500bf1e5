import { connect, systemClock } from "../../src/client/index.ts";
import { byId } from "../shared/element.ts";
import { Page } from "../shared/page.ts";
import { CommentList } from "./comment-list.ts";
import { atOf } from "./comment.ts";
import { Commentary } from "./commentary.ts";
import { Composer } from "./composer.ts";
import { Controls } from "./controls.ts";
import { DebugLine } from "./debug-line.ts";
import { FilmCard } from "./film-card.ts";
import { HARBOUR } from "./film.ts";
import { useKeys } from "./keys.ts";
import { LeftOut } from "./left-out.ts";
import { Load } from "./load.ts";
import { Meter } from "./meter.ts";
import { News } from "./news.ts";
import { Player } from "./player.ts";
import { Prompter } from "./prompter.ts";
import { SeekBar } from "./seek-bar.ts";
import { SettingsPanel } from "./settings-panel.ts";
import { Settings } from "./settings.ts";
import { Show } from "./show.ts";
import { Sprites } from "./sprites.ts";
import { Stage } from "./stage.ts";
import { DANMAKU_TEXTS } from "./texts.ts";
import { Timeline } from "./timeline.ts";

/** How many comments a film has at most: as many as the server keeps of the built-in topics. */
const MOST_COMMENTS = 5_000;

/** The server as somebody types it: curl takes a bare name for HTTP. */
const HERE = location.protocol === "http:" ? location.host : location.origin;

/** Puts the page together and connects it. The document holds the markup of `danmaku.html`. */
export function startDanmaku(): void {
  const page = new Page("danmaku", DANMAKU_TEXTS);
  const { language, announcer } = page;
  // Each tab is a viewer of its own: so it knows its own comments by their sid.
  const client = connect(location.origin, { share: false });
  page.follow(client);

  const settings = new Settings(page.device);
  const allows = (text: string) => settings.allows(text);
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  const meter = new Meter(() => performance.now());
  const timeline = new Timeline({ limit: MOST_COMMENTS });
  const prompter = new Prompter(timeline);
  const place = byId("stage", HTMLElement);
  const stage = new Stage({
    canvas: byId("canvas", HTMLCanvasElement),
    sprites: new Sprites(),
    look: () => settings.look,
    isStill: () => isStill.matches,
  });

  const player = new Player({
    video: byId("video", HTMLVideoElement),
    clip: HARBOUR,
    clock: systemClock,
    onFilm(film) {
      card.show(film);
      commentary.follow(film);
      byId("curl", HTMLElement).textContent = `curl -d '666' ${HERE}/t/${film.topic}`;
    },
    onFailure(film) {
      card.show(film, true);
      if (film !== HARBOUR) commentary.leave();
    },
    onChange() {
      controls.show();
      show.wake();
    },
  });
  const card = new FilmCard({
    title: byId("film", HTMLElement),
    watching: byId("watching", HTMLElement),
    note: byId("file-note", HTMLElement),
    choose: byId("choose", HTMLButtonElement),
    file: byId("file", HTMLInputElement),
    back: [byId("back", HTMLButtonElement), byId("failure-back", HTMLButtonElement)],
    failure: byId("failure", HTMLElement),
    failureText: byId("failure-text", HTMLElement),
    language,
    onFilm: (film) => player.open(film),
  });
  const seek = byId("seek", HTMLInputElement);
  const bar = new SeekBar({
    range: seek,
    hill: byId("hill", HTMLElement),
    time: byId("time", HTMLElement),
    language,
    density: (parts, duration) => timeline.density(parts, duration),
    onSeek: (seconds) => player.seek(seconds),
  });
  const controls = new Controls({
    player,
    bar,
    stage: place,
    play: byId("play", HTMLButtonElement),
    sound: byId("sound", HTMLButtonElement),
    fullscreen: byId("fullscreen", HTMLButtonElement),
    frame: byId("player", HTMLElement),
    language,
    clock: systemClock,
  });

  const show = new Show({ player, prompter, stage, settings, meter });
  const list = new CommentList({
    viewport: byId("log", HTMLElement),
    lines: byId("lines", HTMLElement),
    jump: byId("jump", HTMLButtonElement),
    language,
    allows,
    onSeek: (seconds) => player.seek(seconds),
    limit: MOST_COMMENTS,
  });
  const leftOut = new LeftOut(byId("left-out", HTMLElement), language, (text) =>
    announcer.say(text),
  );
  const news = new News(byId("news", HTMLElement), language);
  const commentary = new Commentary({
    ...{ client, language, player, timeline, prompter, show, list, news, limit: MOST_COMMENTS },
    onArrival({ text }) {
      meter.arrived();
      if (allows(text)) announcer.arrived(text);
    },
    onTimeline: () => bar.showDensity(),
    onSkipped(count) {
      meter.leftOut += count;
      leftOut.add(count);
    },
    onOnline: (online) => card.showOnline(online),
    onOpen: (isOpen) => composer.allow(isOpen),
  });
  const composer = new Composer({
    form: byId("composer", HTMLFormElement),
    text: byId("text", HTMLInputElement),
    left: byId("left", HTMLElement),
    swatches: byId("swatches", HTMLElement),
    notice: byId("notice", HTMLElement),
    language,
    send: (draft) => commentary.send(draft),
  });

  new SettingsPanel({
    dialog: byId("settings-dialog", HTMLDialogElement),
    form: byId("settings-form", HTMLFormElement),
    button: byId("settings", HTMLButtonElement),
    close: byId("settings-close", HTMLButtonElement),
    toggle: byId("toggle", HTMLButtonElement),
    settings,
    language,
  });
  const layOut = () => {
    const { clientWidth, clientHeight } = place;
    stage.layOut({ width: clientWidth, height: clientHeight, ratio: devicePixelRatio });
    show.wake();
  };
  let wasOn = settings.look.isOn;
  settings.follow(({ isOn }) => {
    list.filter();
    stage.remove(({ text }) => !allows(text));
    layOut();
    if (isOn && !wasOn) show.restart();
    wasOn = isOn;
  });
  new ResizeObserver(layOut).observe(place);
  isStill.addEventListener("change", () => show.restart());
  document.addEventListener("visibilitychange", () => {
    // Nothing was drawn meanwhile: what is on the stage is from before.
    if (!document.hidden) show.restart();
  });
  useKeys({
    range: seek,
    isOn: () => settings.look.hasKeys,
    actions: {
      toggle: () => player.toggle(),
      step: (seconds) => player.seek(player.position + seconds),
      fullscreen: () => controls.toggleFullscreen(),
      comments: () => settings.change({ isOn: !settings.look.isOn }),
    },
  });

  const load = new Load((comment) => {
    const entry = { ...comment, at: atOf(player.position) };
    meter.arrived();
    list.add(entry);
    show.arrived(entry);
  });
  const loads = byId("load", HTMLSelectElement);
  loads.addEventListener("change", () => load.use(Number(loads.value)));
  const debug = new DebugLine({
    panel: byId("debug", HTMLElement),
    line: byId("measured", HTMLElement),
    place,
    stage,
    meter,
    language,
  });
  const measure = byId("measure", HTMLInputElement);
  measure.checked = new URLSearchParams(location.search).has("debug");
  const showDebug = () => {
    debug.show(measure.checked);
    if (!measure.checked) load.use(0);
  };
  measure.addEventListener("change", showDebug);
  showDebug();

  player.start(!isStill.matches);
  controls.show();
}
