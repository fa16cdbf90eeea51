// Icons as paths in a square of 24, drawn with the colour of the text around them.
const kPaths = {
  home: "M12 3 3 10.5V21h6v-6h6v6h6V10.5z",
  library: "M4 4h4v16H4zm6 0h4v16h-4zm7.2.3 3.8-1 4.1 15.4-3.8 1z",
  heart: "M12 20.5 4.4 13a5 5 0 0 1 7.1-7.1l.5.5.5-.5a5 5 0 0 1 7.1 7.1z",
  list: "M4 5h16v2H4zm0 6h10v2H4zm0 6h10v2H4zm13-5 5 3.5-5 3.5z",
  history: "M12 4a8 8 0 1 1-7.4 5H2l3.5-4.5L9 9H6.7A6 6 0 1 0 12 6zm-1 4h2v4.2l3 1.8-1 1.7-4-2.4z",
  shield: "M12 2 4 5v6c0 5 3.4 9.3 8 11 4.6-1.7 8-6 8-11V5z",
  play: "M7 4v16l13-8z",
  pause: "M6 4h4v16H6zm8 0h4v16h-4z",
  rewind: "M11 5v14L2 12zm10 0v14l-9-7z",
  forward: "M13 5v14l9-7zM3 5v14l9-7z",
  back5: "M12 5V1L6 6l6 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z",
  on5: "M12 5V1l6 5-6 5V7a6 6 0 1 0 6 6h2a8 8 0 1 1-8-8z",
  stepBack: "M6 5h3v14H6zm12 0v14l-8-7z",
  stepOn: "M15 5h3v14h-3zM6 5v14l8-7z",
  volume: "M4 9v6h4l5 5V4L8 9zm11.5-.5a5 5 0 0 1 0 7zm2.6-3.2a9 9 0 0 1 0 13.4l-1.3-1.5a7 7 0 0 0 0-10.4z",
  muted: "M4 9v6h4l5 5V4L8 9zm12 1.4L17.4 9l2.1 2.1L21.6 9 23 10.4l-2.1 2.1 2.1 2.1-1.4 1.4-2.1-2.1-2.1 2.1-1.4-1.4 2.1-2.1z",
  captions: "M3 5h18v14H3zm3 8h5v-2H6zm7 0h5v-2h-5zm-7 3h8v-2H6zm10 0h2v-2h-2z",
  gear: "M10 2h4l.6 2.7 1.7.7 2.4-1.5 2.8 2.8-1.5 2.4.7 1.7L22 11v3l-2.7.6-.7 1.7 1.5 2.4-2.8 2.8-2.4-1.5-1.7.7L13 22h-3l-.6-2.7-1.7-.7-2.4 1.5-2.8-2.8 1.5-2.4-.7-1.7L2 13v-3l2.7-.6.7-1.7L3.9 5.3l2.8-2.8 2.4 1.5L10 4zm2 6a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
  full: "M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z",
  pip: "M3 5h18v14H3zm2 2v10h14V7zm7 4h6v5h-6z",
  star: "m12 2.6 2.9 6 6.5.9-4.7 4.6 1.1 6.5-5.8-3.1-5.8 3.1 1.1-6.5L2.6 9.5l6.5-.9z",
  check: "m9.5 16.2-4-4L4 13.7l5.5 5.5L20.5 8.2 19 6.7z",
  close: "m6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
  up: "m12 7 7 7-1.4 1.4L12 9.8l-5.6 5.6L5 14z",
  down: "m12 17-7-7 1.4-1.4 5.6 5.6 5.6-5.6L19 10z",
  plus: "M11 4h2v7h7v2h-7v7h-2v-7H4v-2h7z",
  folder: "M3 5h7l2 2h9v12H3z",
  download: "M11 3h2v9l3.5-3.5 1.4 1.4L12 15.8 6.1 9.9l1.4-1.4L11 12zM4 18h16v2H4z",
  link: "M10 7H7a5 5 0 0 0 0 10h3v-2H7a3 3 0 0 1 0-6h3zm4 0v2h3a3 3 0 0 1 0 6h-3v2h3a5 5 0 0 0 0-10zm-6 4h8v2H8z",
  people: "M9 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm0 9.5c4.4 0 8 2.2 8 5V20H1v-1.5c0-2.8 3.6-5 8-5zM16.5 5a3.5 3.5 0 1 1-.6 6.95A6 6 0 0 0 15.2 5.2c.4-.13.85-.2 1.3-.2zm2 9c2.7.7 4.5 2.3 4.5 4.5V20h-4v-1.5c0-1.7-.8-3.2-2.1-4.4z",
  send: "M3 4l18 8-18 8 3-7 8-1-8-1z",
  pencil: "M16.8 3.2 20.8 7.2 8.5 19.5 3.5 20.5 4.5 15.5zM15.4 7.4 6.4 16.4 6 18l1.6-.4 9-9z",
  line: "M4 17.5c2-7 5-9 6.5-6 1.2 2.4 2 4 3.5 3.3 1.7-.8 2.3-5.3 5-8.3l1.4 1.4c-2.2 2.5-2.8 7.2-5.7 8.7-3 1.4-4.7-1.1-5.9-3.7C8 10.8 6.7 15.4 5.9 18z",
  arrow: "M13 4h7v7h-2V7.4L6 19.4 4.6 18 16.6 6H13z",
  ellipse: "M12 5c5.5 0 10 3.1 10 7s-4.5 7-10 7S2 15.9 2 12s4.5-7 10-7zm0 2c-4.6 0-8 2.4-8 5s3.4 5 8 5 8-2.4 8-5-3.4-5-8-5z",
  text: "M4 5h16v4h-2V7h-5v11h2v2H9v-2h2V7H6v2H4z",
  laser: "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM11 2h2v4h-2zm0 16h2v4h-2zM2 11h4v2H2zm16 0h4v2h-4zM4.2 5.6l1.4-1.4 2.8 2.8L7 8.4zM15.6 17l1.4-1.4 2.8 2.8-1.4 1.4zM4.2 18.4 7 15.6 8.4 17l-2.8 2.8zM15.6 7l2.8-2.8 1.4 1.4L17 8.4z",
  undo: "M9 4v4h5a6 6 0 0 1 0 12H7v-2h7a4 4 0 0 0 0-8H9v4L3 9z",
  trash: "M9 3h6v2h5v2H4V5h5zM6 8h12l-1 13H7zm3 2 .5 9h1.5l-.4-9zm4.4 0-.4 9h1.5l.5-9z",
  crown: "M3 7l4.5 4L12 4l4.5 7L21 7l-2 11H5zm2 13h14v2H5z",
  key: "M8 7a5 5 0 0 1 4.9 4H22v2h-2v3h-2v-3h-2v3h-2v-3h-1.1A5 5 0 1 1 8 7zm0 3a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  copy: "M8 3h12v14H8zm2 2v10h8V5zM4 7h2v12h10v2H4z",
  user: "M12 3a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zm0 11c5 0 9 2.5 9 5.5V21H3v-1.5C3 16.5 7 14 12 14z",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", kPaths[name]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}
