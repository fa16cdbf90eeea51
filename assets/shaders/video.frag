#version 330 core
// Compiled once for each layout and transfer in use, so that no pixel pays for a branch:
//   LAYOUT   0 three planes, 1 luma and interleaved chroma, 2 luma only, 3 the display's red, green and blue
//   TONED    0 the display's own colours, 1 HDR, mapped by a table (engine/media/tone_map.hpp)

in vec2 luma_at;
in vec2 chroma_at;

uniform sampler2D plane0;
uniform sampler2D plane1;
uniform sampler2D plane2;
uniform mat3 color_matrix;
uniform vec3 color_offset;

out vec4 color;

vec3 read_planes() {
#if LAYOUT == 0
  return vec3(texture(plane0, luma_at).r, texture(plane1, chroma_at).r, texture(plane2, chroma_at).r);
#elif LAYOUT == 1
  return vec3(texture(plane0, luma_at).r, texture(plane1, chroma_at).rg);
#else
  return vec3(texture(plane0, luma_at).r, 0.0, 0.0);
#endif
}

#if TONED
uniform sampler3D tone_table;
uniform float tone_side;  // entries a component

// The first and the last entry lie in the middle of their texels.
vec3 tone_mapped(vec3 signal) {
  return texture(tone_table, clamp(signal, 0.0, 1.0) * ((tone_side - 1.0) / tone_side) + 0.5 / tone_side).rgb;
}
#endif

void main() {
#if LAYOUT == 3
  vec3 rgb = texture(plane0, luma_at).rgb;
#else
  vec3 rgb = color_matrix * read_planes() + color_offset;
#endif
#if TONED
  rgb = tone_mapped(rgb);
#endif
  color = vec4(rgb, 1.0);
}
