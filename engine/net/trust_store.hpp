// Which key each server had when it was first seen: the player's "known hosts".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"

namespace zoe::net {

enum class Trust { kFirstSeen = 1, kMatches, kChanged };

// One line "host:port pin" for each server in a text file, replaced as a whole. Thread-safe.
class TrustStore {
 public:
  // An absent file is an empty store. kMalformed names the line.
  static Result<std::unique_ptr<TrustStore>> load(std::string path);

  // Keeps nothing on disk.
  TrustStore() = default;

  Trust check(std::string_view host, std::uint16_t port, std::string_view pin) const;

  // The pin known for a server; empty when there is none.
  std::string pin_of(std::string_view host, std::uint16_t port) const;

  // Believes this pin from now on, and writes the file. kIo, kDenied: then it is believed until the program ends.
  Status remember(std::string_view host, std::uint16_t port, std::string_view pin);
  Status forget(std::string_view host, std::uint16_t port);

 private:
  Status write() const ZOE_REQUIRES(mutex_);

  std::string path_;
  mutable Mutex mutex_;
  std::map<std::string, std::string, std::less<>> pins_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::net
