// Where the picture lies in what shows it.

// In pixels of `canvas`, which is made as fine as the screen: whole, in its proportions, in the middle. `ratio` of them are one
// of the page's.
export function placeOf(player, canvas) {
  const { element, width, height } = player.picture();
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const [wide, high] = [Math.round(element.clientWidth * ratio), Math.round(element.clientHeight * ratio)];
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const scale = Math.min(wide / Math.max(1, width), high / Math.max(1, height));
  return { x: (wide - width * scale) / 2, y: (high - height * scale) / 2, width: width * scale, height: height * scale, ratio };
}
