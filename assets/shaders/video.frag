#version 330 core
// Compiled once for each layout and transfer in use, so that no pixel pays for a branch:
//   LAYOUT   0 three planes, 1 luma and interleaved chroma, 2 luma only
//   TRANSFER 0 the display's own, 1 PQ (SMPTE ST 2084), 2 HLG (ARIB STD-B67)

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

#if TRANSFER != 0
// Light with reference white (203 cd/m2, ITU-R BT.2408) as 1.
vec3 to_light(vec3 signal) {
#if TRANSFER == 1
  // Rec. ITU-R BT.2100-2, table 4
  const float m1 = 0.1593017578125, m2 = 78.84375, c1 = 0.8359375, c2 = 18.8515625, c3 = 18.6875;
  vec3 p = pow(clamp(signal, 0.0, 1.0), vec3(1.0 / m2));
  return pow(max(p - c1, 0.0) / (c2 - c3 * p), vec3(1.0 / m1)) * (10000.0 / 203.0);
#else
  // Rec. ITU-R BT.2100-2, table 5, with the OOTF of a 1000 cd/m2 display
  const float a = 0.17883277, b = 0.28466892, c = 0.55991073;
  vec3 s = clamp(signal, 0.0, 1.0);
  vec3 scene = mix(s * s / 3.0, (exp((s - c) / a) + b) / 12.0, greaterThan(s, vec3(0.5)));
  float y = max(dot(scene, vec3(0.2627, 0.6780, 0.0593)), 1e-6);
  return scene * pow(y, 0.2) * (1000.0 / 203.0);
#endif
}

vec3 to_display(vec3 light) {
  const mat3 bt2020_to_bt709 = mat3(1.6605, -0.1246, -0.0182, -0.5876, 1.1329, -0.1006, -0.0728, -0.0083, 1.1187);
  return pow(clamp(bt2020_to_bt709 * light, 0.0, 1.0), vec3(1.0 / 2.2));
}
#endif

void main() {
  vec3 rgb = color_matrix * read_planes() + color_offset;
#if TRANSFER != 0
  rgb = to_display(to_light(rgb));
#endif
  color = vec4(rgb, 1.0);
}
