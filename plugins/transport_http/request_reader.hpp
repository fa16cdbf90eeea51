// Bytes of a connection into requests, by Boost.Beast's parser.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "plugins/transport_http/message.hpp"

namespace zoe::transport_http {

// One thread. Requests that follow each other without waiting (pipelining) are given one by one.
class RequestReader {
 public:
  RequestReader();
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Takes bytes that arrived.
  void add(Bytes bytes);

  // Goes on; true once a request is whole. kTooLarge (`is_header_too_large` says which), kMalformed: the connection
  // cannot go on.
  Result<bool> parse();
  bool is_header_too_large() const;

  // Whether a part of a request is there.
  bool has_begun() const;
  // Whether the peer waits for leave to send its body; told once.
  bool take_expectation();

  // What has been read of the request: all of it once `parse` has said so, good until `next`.
  const Request& request() const;
  // Begins the next one, in the memory of this one.
  void next();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::transport_http
