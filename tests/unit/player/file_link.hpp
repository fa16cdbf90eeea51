// A server's files without a server: sends what it is granted, as far as the test lets it, and can be cut. Any thread.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/threads.hpp"
#include "tests/unit/player/request_link.hpp"

namespace zoe::test {

class FileLink final : public RequestLink {
 public:
  struct Served {
    std::string bytes;
    std::string version;
  };

  // By its number ("m1") or its place ("Films/a.mkv").
  void serve(const std::string& name, Served served) {
    const MutexLock lock(mutex_);
    files_[name] = std::move(served);
  }
  void forget(const std::string& name) {
    const MutexLock lock(mutex_);
    files_.erase(name);
  }
  // Of any transfer no more than this comes; what was granted beyond it comes as soon as it may.
  void limit(std::uint64_t bytes) {
    {
      const MutexLock lock(mutex_);
      limit_ = bytes;
    }
    send_all();
  }
  // The connection ends; `restore` brings it back.
  void cut() {
    std::map<std::uint64_t, Transfer> lost;
    {
      const MutexLock lock(mutex_);
      is_ready_ = false;
      lost.swap(transfers_);
    }
    for (auto& [number, transfer] : lost)
      transfer.receiver->on_file_ended(fail(Errc::kUnavailable, "The connection to the server was lost."));
  }
  void restore() {
    const MutexLock lock(mutex_);
    is_ready_ = true;
  }
  void refuse_all(std::optional<Error> error) {
    const MutexLock lock(mutex_);
    refusal_ = std::move(error);
  }

  struct Wish {
    std::string name;
    std::uint64_t offset = 0;
  };
  std::vector<Wish> wishes() const {
    const MutexLock lock(mutex_);
    return wishes_;
  }
  std::size_t open_transfers() const {
    const MutexLock lock(mutex_);
    return transfers_.size();
  }
  // The most that was granted ahead of what had been sent.
  std::uint64_t most_ahead() const {
    const MutexLock lock(mutex_);
    return most_ahead_;
  }

  std::uint64_t receive_file(const FileWish& wish, std::shared_ptr<player::FileReceiver> receiver) override {
    const nlohmann::json params = nlohmann::json::parse(wish.params);
    const std::string name = params.value("media", params.value("path", ""));
    Status refused;
    player::FileInfo info{.offset = wish.offset};
    std::uint64_t number = 0;
    {
      const MutexLock lock(mutex_);
      wishes_.push_back({name, wish.offset});
      number = ++newest_;
      const auto found = files_.find(name);
      if (!is_ready_) {
        refused = fail(Errc::kUnavailable, "There is no connection to the server.");
      } else if (refusal_) {
        refused = fail(*refusal_);
      } else if (found == files_.end()) {
        refused = fail(Errc::kNotFound, "there is no media \"" + name + "\"");
      } else if (wish.offset > found->second.bytes.size()) {
        refused = fail(Errc::kInvalidArgument, "params.offset lies behind the end");
      } else {
        info.size_bytes = found->second.bytes.size();
        info.version = found->second.version;
        transfers_[number] = {found->second.bytes, wish.offset, wish.offset, 0, wish.chunk_bytes, receiver};
      }
    }
    if (refused) receiver->on_file_opened(info);
    if (!refused) receiver->on_file_ended(refused);
    return number;
  }
  void grant_file(std::uint64_t number, std::uint64_t total_bytes) override {
    {
      const MutexLock lock(mutex_);
      const auto found = transfers_.find(number);
      if (found == transfers_.end()) return;
      found->second.granted = std::max(found->second.granted, total_bytes);
      const std::uint64_t sent = found->second.at - found->second.offset;
      most_ahead_ = std::max(most_ahead_, found->second.granted - std::min(sent, found->second.granted));
    }
    send_all();
  }
  void drop_file(std::uint64_t number) override {
    const MutexLock lock(mutex_);
    transfers_.erase(number);
  }

  bool is_ready() const override {
    const MutexLock lock(mutex_);
    return is_ready_;
  }
  player::LinkSnapshot snapshot() const override {
    const MutexLock lock(mutex_);
    return {.state = is_ready_ ? player::LinkState::kSignedIn : player::LinkState::kReconnecting, .address = address_};
  }
  void set_address(const std::string& address) {
    const MutexLock lock(mutex_);
    address_ = address;
  }

 private:
  struct Transfer {
    std::string bytes;  // as they were when it was opened
    std::uint64_t offset = 0;
    std::uint64_t at = 0;
    std::uint64_t granted = 0;
    std::uint64_t chunk_bytes = 0;
    std::shared_ptr<player::FileReceiver> receiver;
  };

  // One piece of some transfer that may send one; false where none may.
  bool send_one() {
    std::shared_ptr<player::FileReceiver> receiver;
    net::FileChunk chunk;
    {
      const MutexLock lock(mutex_);
      const auto may =
          std::find_if(transfers_.begin(), transfers_.end(), [this](const auto& each) ZOE_REQUIRES(mutex_) {
            const Transfer& it = each.second;
            return it.at - it.offset < std::min(it.granted, limit_) && it.at < it.bytes.size();
          });
      if (may == transfers_.end()) return false;
      Transfer& it = may->second;
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(it.chunk_bytes, it.bytes.size() - it.at));
      auto body = std::make_shared<net::Body>();
      (void)body->append(as_bytes(std::string_view(it.bytes).substr(static_cast<std::size_t>(it.at), size)), size);
      chunk = {.offset = it.at, .is_last = it.at + size == it.bytes.size(), .data = body->bytes(), .body = body};
      it.at += size;
      receiver = it.receiver;
      if (chunk.is_last) transfers_.erase(may);
    }
    const bool is_last = chunk.is_last;
    receiver->on_file_piece(std::move(chunk));
    if (is_last) receiver->on_file_ended({});
    return true;
  }
  // One sender at a time: the pieces of a file keep their order.
  void send_all() {
    const MutexLock order(send_mutex_);
    while (send_one()) {
    }
  }

  Mutex send_mutex_;
  mutable Mutex mutex_;
  std::map<std::string, Served> files_ ZOE_GUARDED_BY(mutex_);
  std::map<std::uint64_t, Transfer> transfers_ ZOE_GUARDED_BY(mutex_);
  std::vector<Wish> wishes_ ZOE_GUARDED_BY(mutex_);
  std::optional<Error> refusal_ ZOE_GUARDED_BY(mutex_);
  std::string address_ ZOE_GUARDED_BY(mutex_) = "attic:7340";
  bool is_ready_ ZOE_GUARDED_BY(mutex_) = true;
  std::uint64_t limit_ ZOE_GUARDED_BY(mutex_) = UINT64_MAX;
  std::uint64_t newest_ ZOE_GUARDED_BY(mutex_) = 0;
  std::uint64_t most_ahead_ ZOE_GUARDED_BY(mutex_) = 0;
};

}  // namespace zoe::test
