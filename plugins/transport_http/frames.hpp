// Pictures of a video as JPEG files: the one of a moment, or one after another in time.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "plugins/transport_http/caller.hpp"
#include "plugins/transport_http/coroutines.hpp"
#include "plugins/transport_http/message.hpp"
#include "plugins/transport_http/target.hpp"

namespace zoe::transport_http {

// /frame/MEDIA?position_us=&step=&height=: the frame that is shown then, or the one so many frames from it; at the ends
// the last one that there is. X-Position-Us, X-Frame and X-Frames tell which it is.
boost::asio::awaitable<Response> frame_answer(std::shared_ptr<Caller> caller, const Target& target);

// /mjpeg/MEDIA?position_us=&rate=&height=&max_fps=: multipart/x-mixed-replace, each part when its frame is due, its
// place in its headers. It ends where the video does; who reads too slowly misses frames.
boost::asio::awaitable<Response> motion_answer(std::shared_ptr<Caller> caller, boost::asio::io_context& context,
                                               const Target& target);

// The same JPEG, but shown turned clockwise by 90, 180 or 270 degrees (an Exif segment); as it is for 0.
std::string turned(Bytes jpeg, int degrees);

}  // namespace zoe::transport_http
