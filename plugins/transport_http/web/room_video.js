// One video in a room: its player, what was found in it and drawn on it, and the room's hand on all of it.
import { makeAnalysisView } from "./analysis_view.js";
import { call } from "./api.js";
import { makeBoard } from "./board.js";
import { attempt, h, toast } from "./dom.js";
import { help } from "./keys.js";
import { makeNotes } from "./notes.js";
import { makeNotesView } from "./notes_view.js";
import { makePlayer } from "./player.js";
import { follow } from "./room_follow.js";
import { makeSketch } from "./sketch.js";

const kInsideUs = 500; // of a frame, from where it begins

// `here`: the clock, the state and the member's number; `room`: does, mine(), command(what), seated(params), say(report), signedOut.
export function makeRoomVideo(item, entry, here, me, settings, room) {
  const player = makePlayer(item, { audio: settings.audio_language ?? "", subtitles: settings.subtitle_language ?? "" },
    { does: room.does, signedOut: room.signedOut, analysis: () => analysis.toggle(), draw: () => sketch.toggle(), help });
  const analysis = makeAnalysisView(item, player, me, settings, true);
  const notes = makeNotes(item, me, () => here.state.is_own, (note) => {
    board.draw();
    sketch.update();
    view.refresh();
    if (note) view.say(note);
  });
  const board = makeBoard(player, notes);
  const view = makeNotesView(item, player, notes, true);
  const stands = () => here.state.is_paused && !here.state.prepare && here.state.entry === entry && player.isStill() && !player.isRolling();

  const sketch = makeSketch(player, board, {
    stands,
    mayUndo: me.isPerson, // what a guest drew is no account's
    mayDraw: () => room.mine()?.may_draw ?? false,
    pause() {
      if (here.state.is_paused) {
        if (!stands()) toast("The frame is on its way: draw when it is there.");
      } else if (room.mine()?.may_command) room.command("pause");
      else toast("One draws on a frame that stands: whoever may pause the room has to.");
    },
    async draw(shape) {
      const time_us = Math.min(item.duration_us, Math.round(player.shown()) + kInsideUs);
      const { note } = await call("rooms.draw", room.seated({ time_us, shape }));
      notes.drawn(note, shape, time_us);
    },
    point(place) {
      board.point(here.member, "", place);
      return call("rooms.point", room.seated(place ? { x: place[0], y: place[1] } : {}));
    },
    canUndo: () => notes.lastOfMine(board.shown()) !== null,
    undo: () => attempt(async () => {
      const last = notes.lastOfMine(board.shown());
      if (last) await notes.remove(last.note);
    }),
  });
  player.cover(board.canvas, ...sketch.elements);
  player.onButtons(sketch.button);
  const stopHearing = player.follow(sketch.update);

  const cursor = h("i", { class: "cursor", title: "Where the room is" });
  player.onBar(cursor);
  here.showAt = (share) => cursor.style.setProperty("left", `${100 * share}%`);
  here.needsTouch = () => toast("The browser plays with sound only when you have pressed something.", { label: "Play", act: () => player.video.play().catch(() => {}) });
  const follower = follow(player, item, entry, here, room.say);
  player.load(here.state.prepare?.position_us ?? 0);

  return {
    player, follower,
    sections: [view.section, analysis.section],
    // The room, or who sits in it, has changed.
    update(members) {
      board.keepPointers((member) => members.some((each) => each.member === member && each.is_here));
      sketch.update();
      board.draw();
    },
    point(event) {
      if (event.member !== here.member) board.point(event.member, event.name, Number.isFinite(event.x) && Number.isFinite(event.y) ? [event.x, event.y] : null);
    },
    end() {
      stopHearing();
      follower.end();
      sketch.end();
      board.end();
      view.end();
      notes.end();
      analysis.end();
      player.end();
    },
  };
}
