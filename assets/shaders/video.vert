#version 330 core
// The picture's rectangle is the viewport: four corners by their number, no vertex buffer.
// Texture coordinates count from the picture's top left, as the rows lie in memory.

uniform mat2 turn;         // from the corner of the screen (y upwards) to that of the coded picture
uniform vec2 turn_offset;
uniform vec4 chroma_place;  // scale.xy, offset.zw: from the luma plane's coordinates to the chroma planes'

out vec2 luma_at;
out vec2 chroma_at;

void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  luma_at = turn * corner + turn_offset;
  chroma_at = luma_at * chroma_place.xy + chroma_place.zw;
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
