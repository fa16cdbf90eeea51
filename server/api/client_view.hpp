// A client of the server as an administrator sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/api/identity.hpp"
#include "server/streams/stream.hpp"

namespace zoe::server {

struct ClientView {
  std::uint64_t number = 0;
  IdentityPtr identity;  // null: nobody is signed in
  std::string address;
  std::string transport;         // id of the plugin that serves it
  std::uint64_t generation = 0;  // of that plugin
  std::string program;           // what the client calls itself; empty: it has not said
  std::int64_t since_utc_ns = 0;
  std::uint64_t bytes_sent = 0;  // of media, over all its connections
  std::uint64_t bytes_per_s = 0;
  struct StreamView {
    std::uint32_t stream = 0;
    std::string media;
    std::string title;
    StreamFigures figures;
  };
  std::vector<StreamView> streams;
};

struct ClientPage {
  std::size_t total = 0;
  std::vector<ClientView> clients;
};

}  // namespace zoe::server
