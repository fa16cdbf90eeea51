// The file that a connection was given last, so that its next range asks nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "plugins/transport_http/file_answer.hpp"
#include "plugins/transport_http/message.hpp"

namespace zoe::transport_http {

// What the server answered to an address and its credentials holds as long as the server tells of no change of the
// library or of who may see what, and the file is what it was when it was last looked at, `kLookNs` ago at most; what
// nobody tells of, such as the end of a right, is noticed after `kGoodForNs`. One thread.
class KnownFile {
 public:
  static constexpr std::int64_t kGoodForNs = 1'000'000'000;
  static constexpr std::int64_t kLookNs = 100'000'000;

  // `changes` counts what the server has told of. Null where it has to be asked.
  const ServedFile* find(const Request& request, std::uint64_t changes, std::int64_t now_ns);

  // `changes` and `now_ns` from before the server was asked.
  void keep(const Request& request, ServedFile file, std::uint64_t changes, std::int64_t now_ns);

  void forget() { known_.reset(); }

 private:
  struct Known {
    std::string target;
    std::string authorization;
    std::string cookie;
    ServedFile file;
    std::uint64_t changes = 0;
    std::int64_t until_ns = 0;
    std::int64_t looked_ns = 0;
  };
  std::optional<Known> known_;
};

}  // namespace zoe::transport_http
