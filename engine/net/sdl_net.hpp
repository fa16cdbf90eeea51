// Owners of SDL2_net's objects. Only engine/net/*.cpp include this.
#pragma once

#include <SDL_net.h>
#include <SDL_thread.h>

#include <memory>
#include <type_traits>

#include "engine/core/result.hpp"

namespace zoe::net {

struct TcpClose {
  void operator()(TCPsocket socket) const { SDLNet_TCP_Close(socket); }
};
using TcpSocketPtr = std::unique_ptr<std::remove_pointer_t<TCPsocket>, TcpClose>;

struct SocketSetFree {
  void operator()(SDLNet_SocketSet set) const { SDLNet_FreeSocketSet(set); }
};
using SocketSetPtr = std::unique_ptr<std::remove_pointer_t<SDLNet_SocketSet>, SocketSetFree>;

// Frees what SDL keeps of the calling thread (its error text), which it does by itself for threads of its own only.
// First object of a thread's function.
struct SdlThreadScope {
  SdlThreadScope() = default;
  ~SdlThreadScope() { SDL_TLSCleanup(); }
  SdlThreadScope(const SdlThreadScope&) = delete;
  SdlThreadScope& operator=(const SdlThreadScope&) = delete;
};

// Prepares SDL2_net once for the process; it also makes SIGPIPE harmless where nobody handles it. Any thread.
Status start_sdl_net();

}  // namespace zoe::net
