#include "plugins/transport_http/known_file.hpp"

#include <utility>

namespace zoe::transport_http {

const ServedFile* KnownFile::find(const Request& request, std::uint64_t changes, std::int64_t now_ns) {
  if (!known_ || request.method == Method::kPost || known_->target != request.target ||
      known_->authorization != request.authorization || known_->cookie != request.cookie)
    return nullptr;
  const bool is_due = now_ns - known_->looked_ns >= kLookNs;
  if (known_->changes != changes || now_ns >= known_->until_ns || (is_due && !known_->file.is_unchanged())) {
    forget();
    return nullptr;
  }
  if (is_due) known_->looked_ns = now_ns;
  return &known_->file;
}

void KnownFile::keep(const Request& request, ServedFile file, std::uint64_t changes, std::int64_t now_ns) {
  known_ = Known{request.target, request.authorization, request.cookie, std::move(file),
                 changes,        now_ns + kGoodForNs,   now_ns};
}

}  // namespace zoe::transport_http
