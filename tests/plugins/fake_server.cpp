#include "tests/plugins/fake_server.hpp"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "engine/core/byte_io.hpp"
#include "engine/core/clock.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {
namespace {

FakeServer& server_of(const zoe_host* host) { return *static_cast<FakeServer*>(host->context); }
FakeClient& client_of(zoe_client* client) { return *reinterpret_cast<FakeClient*>(client); }
std::string text_of(zoe_str text) { return text.size > 0 ? std::string(text.data, text.size) : std::string(); }
zoe_str str_of(std::string_view text) { return {text.data(), text.size()}; }

// What a run's slices point into lives as long as the run is held.
struct Hold {
  std::shared_ptr<const std::vector<std::uint8_t>> records;
};

}  // namespace

std::uint8_t media_byte(std::size_t index) { return static_cast<std::uint8_t>((index * 31 + (index >> 8U)) & 0xffU); }

std::vector<std::uint8_t> make_records(int packets, std::uint32_t bytes, std::uint32_t first, std::int64_t first_pts) {
  std::vector<std::uint8_t> out;
  ByteWriter writer(out);
  for (int i = 0; i < packets; ++i) {
    writer.write(bytes);
    writer.write(std::uint32_t{i == 0 ? 1U : 0U});
    writer.write(first_pts + std::int64_t{i} * 1000);
    writer.write(first_pts + std::int64_t{i} * 1000);
    writer.write(std::uint32_t{1000});
    writer.write(first + static_cast<std::uint32_t>(i));
    const std::size_t at = out.size();
    out.resize(at + bytes);
    for (std::uint32_t k = 0; k < bytes; ++k) out[at + k] = media_byte(k);
  }
  return out;
}

FakeClient::FakeClient(FakeServer& server, const zoe_client_callbacks& callbacks, void* user)
    : server_(server), callbacks_(callbacks), user_(user) {}

void FakeClient::reply(std::uint64_t call_id, std::string_view json) {
  MutexLock lock(callback_mutex_);
  if (!is_closed()) callbacks_.reply(user_, call_id, str_of(json));
}

void FakeClient::event(std::string_view json) {
  MutexLock lock(callback_mutex_);
  if (!is_closed()) callbacks_.event(user_, str_of(json));
}

void FakeClient::close(zoe_status status, std::string_view reason) {
  MutexLock lock(callback_mutex_);
  if (!is_closed()) callbacks_.close(user_, status, str_of(reason));
}

void FakeClient::queue_runs(std::uint32_t stream, std::uint32_t serial, int count, int packets, std::uint32_t bytes) {
  queue_records(stream, serial, count, packets,
                std::make_shared<const std::vector<std::uint8_t>>(make_records(packets, bytes)));
}

void FakeClient::queue_records(std::uint32_t stream, std::uint32_t serial, int count, int packets,
                               const RecordsPtr& records) {
  {
    MutexLock lock(mutex_);
    for (int i = 0; i < count; ++i)
      runs_.push_back({stream, serial, static_cast<std::uint32_t>(packets), next_segment_++, records});
  }
  MutexLock lock(callback_mutex_);
  if (!is_closed()) callbacks_.wake(user_);
}

void FakeClient::queue_part(std::uint32_t stream, std::uint32_t serial, std::uint32_t segment, std::uint32_t first,
                            int packets, std::uint32_t flags) {
  const std::int64_t first_pts = (std::int64_t{segment} * kPartFrames + first) * 1000;
  const auto records = std::make_shared<const std::vector<std::uint8_t>>(make_records(packets, 100, first, first_pts));
  {
    MutexLock lock(mutex_);
    runs_.push_back({stream, serial, static_cast<std::uint32_t>(packets), segment, records, first, flags});
  }
  MutexLock lock(callback_mutex_);
  if (!is_closed()) callbacks_.wake(user_);
}

std::vector<std::pair<std::uint64_t, std::string>> FakeClient::calls() const {
  MutexLock lock(mutex_);
  return calls_;
}

std::uint64_t FakeClient::credit_of(std::uint32_t stream, std::uint32_t serial) const {
  MutexLock lock(mutex_);
  const auto found = credits_.find({stream, serial});
  return found != credits_.end() ? found->second : 0;
}

std::uint64_t FakeClient::pulled_runs() const {
  MutexLock lock(mutex_);
  return pulled_runs_;
}

int FakeClient::held_runs() const {
  MutexLock lock(mutex_);
  return held_runs_;
}

bool FakeClient::is_closed() const {
  MutexLock lock(mutex_);
  return is_closed_;
}

struct FakeServer::Tables {
  explicit Tables(FakeServer& owner) {
    host = {.struct_size = sizeof(zoe_host),
            .abi_major = ZOE_ABI_MAJOR,
            .abi_minor = ZOE_ABI_MINOR,
            .context = &owner,
            .get_service = [](const zoe_host* self, const char* id) -> const void* {
              return server_of(self).tables_->find(id);
            }};
  }

  const void* find(std::string_view id) const {
    if (id == ZOE_LOG_V1) return &log;
    if (id == ZOE_CONFIG_V1) return &config;
    if (id == ZOE_CLOCK_V1) return &clock;
    if (id == ZOE_METRICS_V1) return &metrics;
    if (id == ZOE_BUFFERS_V1) return &buffers;
    if (id == ZOE_WORKERS_V1) return &workers;
    if (id == ZOE_TIMERS_V1) return &timers;
    if (id == ZOE_SERVER_V1) return &server;
    return nullptr;
  }

  zoe_host host;

  zoe_log_v1 log{.struct_size = sizeof(zoe_log_v1),
                 .write =
                     [](const zoe_host*, std::uint32_t level, zoe_str message) {
                       if (std::getenv("ZOE_TEST_LOG") != nullptr)
                         std::fprintf(stderr, "plugin(%u): %s\n", level, text_of(message).c_str());
                     },
                 .is_enabled = [](const zoe_host*, std::uint32_t) -> std::int32_t { return 1; }};

  zoe_config_v1 config{.struct_size = sizeof(zoe_config_v1),
                       .json = [](const zoe_host* self) { return str_of(server_of(self).settings_); },
                       .data_folder = [](const zoe_host*) { return zoe_str{}; }};

  zoe_clock_v1 clock{.struct_size = sizeof(zoe_clock_v1),
                     .now_ns = [](const zoe_host*) { return SystemClock().now_ns(); },
                     .utc_ns = [](const zoe_host*) { return SystemClock().utc_ns(); }};

  zoe_metrics_v1 metrics{.struct_size = sizeof(zoe_metrics_v1),
                         .counter_add =
                             [](const zoe_host* self, zoe_str name, std::uint64_t amount) {
                               MutexLock lock(server_of(self).mutex_);
                               server_of(self).metrics_[text_of(name)] += amount;
                             },
                         .gauge_set =
                             [](const zoe_host* self, zoe_str name, std::int64_t value) {
                               MutexLock lock(server_of(self).mutex_);
                               server_of(self).metrics_[text_of(name)] = static_cast<std::uint64_t>(value);
                             }};

  // A transport makes no media buffers and starts no host timers.
  zoe_buffers_v1 buffers{.struct_size = sizeof(zoe_buffers_v1),
                         .alloc = [](const zoe_host*, std::size_t) -> zoe_buffer* { return nullptr; },
                         .add_ref = [](zoe_buffer*) {},
                         .release = [](zoe_buffer*) {}};
  zoe_timers_v1 timers{.struct_size = sizeof(zoe_timers_v1),
                       .start = [](const zoe_host*, std::int64_t, std::int64_t, void (*)(void*), void*) -> zoe_timer* {
                         return nullptr;
                       },
                       .cancel = [](zoe_timer*) {}};

  zoe_workers_v1 workers{.struct_size = sizeof(zoe_workers_v1),
                         .post = [](const zoe_host* self, void (*job)(void*), void* user) -> zoe_status {
                           return server_of(self).pool_.post([job, user] { job(user); }) ? ZOE_OK : ZOE_E_TOO_LARGE;
                         }};

  static zoe_client* client_open(const zoe_host* self, const zoe_peer*, const zoe_client_callbacks* callbacks,
                                 void* user) {
    FakeServer& owner = server_of(self);
    if (!owner.takes_clients) return nullptr;
    MutexLock lock(owner.mutex_);
    owner.clients_.push_back(std::make_shared<FakeClient>(owner, *callbacks, user));
    return reinterpret_cast<zoe_client*>(owner.clients_.back().get());
  }

  static void client_close(zoe_client* raw) {
    FakeClient& client = client_of(raw);
    MutexLock callback_lock(client.callback_mutex_);
    MutexLock lock(client.mutex_);
    client.is_closed_ = true;
  }

  static void call(zoe_client* raw, std::uint64_t call_id, zoe_str json) {
    FakeClient& client = client_of(raw);
    {
      MutexLock lock(client.mutex_);
      client.calls_.emplace_back(call_id, text_of(json));
    }
    OnCall on_call;
    {
      MutexLock lock(client.server_.mutex_);
      on_call = client.server_.on_call_;
    }
    std::string answer;
    if (on_call) {
      answer = on_call(client, call_id, text_of(json));
    } else {
      answer = nlohmann::json{{"result", nlohmann::json::parse(text_of(json))["params"]}}.dump();
    }
    if (!answer.empty()) client.reply(call_id, answer);
  }

  static void credit(zoe_client* raw, std::uint32_t stream, std::uint32_t serial, std::uint64_t media_us) {
    FakeClient& client = client_of(raw);
    MutexLock lock(client.mutex_);
    client.credits_[{stream, serial}] = media_us;
  }

  // Cuts the records in two slices, as when a run crosses a chunk of the segment's memory.
  static zoe_status pull(zoe_client* raw, std::size_t, zoe_run* out) {
    FakeClient& client = client_of(raw);
    MutexLock lock(client.mutex_);
    if (client.runs_.empty()) return ZOE_AGAIN;
    const FakeClient::QueuedRun run = std::move(client.runs_.front());
    client.runs_.pop_front();
    ++client.pulled_runs_;
    ++client.held_runs_;
    const std::size_t half = run.records->size() / 2;
    out->flags = run.flags;
    out->stream = run.stream;
    out->serial = run.serial;
    out->segment = run.segment;
    out->first_packet = run.first;
    out->packets = run.packets;
    out->bytes = run.records->size();
    out->slice_count = 2;
    out->slices[0] = {run.records->data(), half};
    out->slices[1] = {run.records->data() + half, run.records->size() - half};
    out->hold = new Hold{run.records};
    return ZOE_OK;
  }

  static void release(zoe_client* raw, zoe_run* run) {
    delete static_cast<Hold*>(run->hold);
    FakeClient& client = client_of(raw);
    MutexLock lock(client.mutex_);
    --client.held_runs_;
  }

  static zoe_status file(zoe_client* raw, std::uint32_t handle, std::int32_t* fd, std::uint64_t* size) {
    FakeServer& owner = client_of(raw).server_;
    MutexLock lock(owner.mutex_);
    const auto found = owner.files_.find(handle);
    if (found == owner.files_.end()) return ZOE_E_NOT_FOUND;
    *fd = ::open(found->second.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (*fd < 0 || ::fstat(*fd, &info) != 0) return ZOE_E_IO;
    *size = static_cast<std::uint64_t>(info.st_size);
    return ZOE_OK;
  }

  static zoe_status tls(const zoe_host* self, zoe_str* certificate, zoe_str* key) {
    *certificate = str_of(server_of(self).certificate_.certificate);
    *key = str_of(server_of(self).certificate_.key);
    return ZOE_OK;
  }

  static zoe_status ticket(zoe_client* raw, zoe_str* out) {
    FakeClient& client = client_of(raw);
    if (!client.server_.gives_tickets) return ZOE_E_UNAUTHENTICATED;
    MutexLock lock(client.mutex_);
    client.tickets_.push_back("ticket-" + std::to_string(++client.server_.tickets_given));
    *out = str_of(client.tickets_.back());
    return ZOE_OK;
  }

  zoe_server_v1 server{.struct_size = sizeof(zoe_server_v1),
                       .client_open = client_open,
                       .client_close = client_close,
                       .call = call,
                       .credit = credit,
                       .pull = pull,
                       .release = release,
                       .file = file,
                       .tls = tls,
                       .ticket = ticket,
                       .software = [](const zoe_host*) { return str_of(kFakeSoftware); }};
};

FakeServer::FakeServer(std::string settings, const std::string& plugin)
    : tables_(std::make_unique<Tables>(*this)), settings_(std::move(settings)), pool_("fake-pool", 2) {
  certificate_ = net::make_certificate("fake").value();
  library_ = ::dlopen(plugin_file(plugin).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ == nullptr) throw std::runtime_error(::dlerror());
  entry_ = static_cast<const zoe_plugin_entry_v1*>(::dlsym(library_, ZOE_PLUGIN_ENTRY_SYMBOL));
  try {
    init();
  } catch (...) {
    ::dlclose(library_);
    throw;
  }
  listen();
  acceptor_ = std::thread([this] { accept_loop(); });
}

void FakeServer::init() {
  Instance made;
  zoe_error error{};
  error.struct_size = sizeof error;
  if (entry_ == nullptr || entry_->init(&tables_->host, &made.plugin, &error) != ZOE_OK)
    throw std::runtime_error(error.message);
  made.transport = static_cast<const zoe_transport_v1*>(entry_->get_interface(made.plugin, ZOE_TRANSPORT_V1));
  MutexLock lock(mutex_);
  serving_ = made;
}

FakeServer::Instance FakeServer::serving() const {
  MutexLock lock(mutex_);
  return serving_;
}

FakeServer::~FakeServer() {
  deinit();
  ::dlclose(library_);
}

void FakeServer::deinit() {
  is_stopped_ = true;
  if (acceptor_.joinable()) acceptor_.join();
  zoe_plugin* plugin = nullptr;
  {
    MutexLock lock(mutex_);
    plugin = std::exchange(serving_.plugin, nullptr);
  }
  if (plugin != nullptr) entry_->deinit(plugin);
}

void FakeServer::listen() {
  listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 1024) != 0 ||
      ::getsockname(listener_.get(), generic, &size) != 0)
    throw std::runtime_error("no loopback port");
  port_ = ntohs(address.sin_port);
}

void FakeServer::accept_loop() {
  while (!is_stopped_) {
    pollfd waiting{.fd = listener_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const int fd = ::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) continue;
    zoe_peer peer{};
    peer.struct_size = sizeof peer;
    peer.port = ntohs(from.sin_port);
    peer.is_loopback = peers_are_loopback ? 1 : 0;
    ::inet_ntop(AF_INET, &from.sin_addr, peer.address, sizeof peer.address);
    MutexLock lock(accept_mutex_);
    const Instance now = serving();
    now.transport->accept(now.plugin, fd, &peer, 0);
  }
}

std::string FakeServer::pin() const { return net::pin_of_certificate(certificate_.certificate).value(); }

void FakeServer::answer_with(OnCall on_call) {
  MutexLock lock(mutex_);
  on_call_ = std::move(on_call);
}

void FakeServer::offer_file(std::uint32_t handle, std::string path) {
  MutexLock lock(mutex_);
  files_[handle] = std::move(path);
}

std::vector<FakeClientPtr> FakeServer::clients() const {
  MutexLock lock(mutex_);
  return clients_;
}

FakeClientPtr FakeServer::wait_for_client(std::size_t index) const {
  if (!wait_until([&] { return clients().size() > index; })) throw std::runtime_error("no client came");
  return clients()[index];
}

std::uint64_t FakeServer::metric(const std::string& name) const {
  MutexLock lock(mutex_);
  const auto found = metrics_.find(name);
  return found != metrics_.end() ? found->second : 0;
}

std::uint32_t FakeServer::connections() const {
  const Instance now = serving();
  return now.transport->connections(now.plugin);
}

void FakeServer::drain() { entry_->drain(serving().plugin); }

void FakeServer::disconnect() {
  const Instance now = serving();
  now.transport->disconnect(now.plugin);
}

void FakeServer::replace() {
  const Instance old = serving();
  init();
  { MutexLock lock(accept_mutex_); }  // whoever is being handed to the old one has arrived there
  entry_->drain(old.plugin);
  old.transport->disconnect(old.plugin);
  if (!wait_until([&] { return old.transport->connections(old.plugin) == 0; }))
    throw std::runtime_error("the old instance keeps connections");
  entry_->deinit(old.plugin);
}

}  // namespace zoe::test
