// The certificate and key that every transport's TLS uses.
#pragma once

#include <string>

#include "engine/core/result.hpp"
#include "engine/net/tls.hpp"
#include "server/host/data_folder.hpp"

namespace zoe::server {

struct ServerCertificate {
  net::CertificatePem pem;
  std::string pin;      // what clients pin
  bool is_new = false;  // made just now
};

// The files named in the settings; without them the pair in the data folder, made at the first start. The made key is
// readable by its owner only. Errors name the file and what to do; an existing pair is never replaced, since every
// player that has pinned it would take the new one for an attack.
Result<ServerCertificate> load_or_make_certificate(const DataFolder& data, const std::string& certificate_file,
                                                   const std::string& key_file, const std::string& server_name);

}  // namespace zoe::server
