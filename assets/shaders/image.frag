#version 330 core
// An image with premultiplied alpha.

in vec2 at;

uniform sampler2D image;

out vec4 color;

void main() { color = texture(image, at); }
