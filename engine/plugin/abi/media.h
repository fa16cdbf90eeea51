/* Pictures, packets and the description of a track, as codecs see them. */
#ifndef ZOE_ABI_MEDIA_H
#define ZOE_ABI_MEDIA_H

#include "engine/plugin/abi/base.h"
#include "engine/plugin/abi/host.h"

ZOE_EXTERN_C_BEGIN

enum { ZOE_TRACK_VIDEO = 1, ZOE_TRACK_AUDIO = 2, ZOE_TRACK_SUBTITLE = 3 };

/* How colour is coded; the code points are those of ITU-T H.273 (2 means unspecified). */
typedef struct zoe_color {
  uint8_t primaries;
  uint8_t transfer;
  uint8_t matrix;
  uint8_t is_full_range; /* 0: limited ("studio") range */
} zoe_color;

/* A track of a source, or what a rendition of it comes out as. */
typedef struct zoe_track {
  uint32_t struct_size;
  uint32_t kind;                    /* ZOE_TRACK_... */
  char codec[32];                   /* FFmpeg's codec name: "h264", "mjpeg" */
  int32_t width, height;            /* coded picture in pixels, before sample aspect ratio and rotation */
  zoe_rational time_base;           /* seconds per tick of every time stamp */
  zoe_rational frame_rate;          /* 0/1 when not known */
  zoe_rational sample_aspect_ratio; /* 1/1 when not known */
  int32_t rotation_degrees;         /* clockwise turn that shows it upright: 0, 90, 180, 270 */
  zoe_color color;
  int64_t start;            /* time stamp of the first frame */
  int64_t duration;         /* ticks; 0 when not known */
  const uint8_t* extradata; /* the codec's own header; borrowed, null when extradata_size is 0 */
  uint32_t extradata_size;
  int32_t profile, level; /* FFmpeg's numbers, -99 when not known */
  int64_t bit_rate;       /* bits per second, 0 when not known */
  /* What a few codecs need of the container to decode; 0 and empty when not known. */
  uint32_t codec_tag;            /* FourCC, first character in the low byte */
  int32_t bits_per_coded_sample; /* raw and palette video */
  char pixel_format[32];         /* raw video: FFmpeg's name ("yuv420p") */
  /* Since 1.3. Sound; 0 when not known, and for pictures. */
  int32_t sample_rate;
  int32_t channels;
} zoe_track;

enum {
  ZOE_PACKET_KEY = 1u << 0,     /* decoding can begin here */
  ZOE_PACKET_DISCARD = 1u << 1, /* decode it, but never show what comes out */
  ZOE_PACKET_CORRUPT = 1u << 2  /* the container says that it is damaged */
};

/* One coded unit. `data` lies in `buffer`; who holds the packet holds one reference on the buffer. */
typedef struct zoe_packet {
  uint32_t struct_size;
  uint32_t flags;
  int64_t pts; /* ticks of the track's time base, or ZOE_NO_TIMESTAMP */
  int64_t dts;
  int64_t duration;
  zoe_buffer* buffer;
  const uint8_t* data;
  size_t size;
} zoe_packet;

enum {
  ZOE_LAYOUT_PLANAR = 1,     /* Y, U, V in three planes; only Y when planes is 1 */
  ZOE_LAYOUT_SEMI_PLANAR = 2 /* Y, and U and V interleaved (NV12, P010) */
};

/* A decoded picture. Samples of more than 8 bits are 16-bit little-endian words, the value in the low `bit_depth` bits
 * shifted up by `bit_shift` (6 in P010). The planes lie in `buffer`, of which the holder has one reference. */
typedef struct zoe_frame {
  uint32_t struct_size;
  uint32_t layout;
  int32_t width, height; /* of the Y plane, in pixels */
  uint8_t planes;        /* 1 to 3 */
  uint8_t bit_depth;     /* 8 to 16 */
  uint8_t bit_shift;
  uint8_t chroma_shift_x; /* chroma width = (width + (1 << shift) - 1) >> shift */
  uint8_t chroma_shift_y;
  uint8_t reserved[3];
  zoe_color color;
  int64_t pts;      /* ticks of the track's time base */
  int64_t duration; /* 0 when not known */
  zoe_buffer* buffer;
  const uint8_t* data[3];
  int32_t stride[3]; /* bytes from one row to the next, positive */
} zoe_frame;

ZOE_EXTERN_C_END

#endif
