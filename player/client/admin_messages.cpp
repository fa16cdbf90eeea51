#include "player/client/admin_messages.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::size_t kMostName = 256;
constexpr std::size_t kMostWords = 2048;
constexpr std::int64_t kMostCount = INT64_MAX;
constexpr double kMostNumber = 1e18;

// Cut at `most` bytes, not in the middle of a letter.
std::string cut(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

// The members of one object; remembers the first that is wrong. What is not there has its default.
class Reader {
 public:
  Reader(const json& object, std::string_view what) : object_(object), what_(what) {
    if (!object.is_object()) complain("", "is not an object");
  }

  const json* find(const char* key) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  std::int64_t integer(const char* key, std::int64_t low = 0, std::int64_t high = kMostCount) {
    const json* value = find(key);
    if (value == nullptr) return std::clamp<std::int64_t>(0, low, high);
    const bool is_too_large = value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX;
    const bool fits = value->is_number_integer() && !is_too_large && value->get<std::int64_t>() >= low &&
                      value->get<std::int64_t>() <= high;
    if (!fits) complain(key, "is out of bounds");
    return fits ? value->get<std::int64_t>() : low;
  }

  std::uint64_t id(const char* key) {
    const json* value = find(key);
    if (value == nullptr) return 0;
    if (!value->is_number_unsigned()) complain(key, "is no number of the server's");
    return value->is_number_unsigned() ? value->get<std::uint64_t>() : 0;
  }

  double number(const char* key) {
    const json* value = find(key);
    if (value == nullptr) return 0;
    const double read = value->is_number() ? value->get<double>() : NAN;
    if (!std::isfinite(read) || std::abs(read) > kMostNumber) {
      complain(key, "is out of bounds");
      return 0;
    }
    return read;
  }

  bool boolean(const char* key, bool otherwise) {
    const json* value = find(key);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean()) complain(key, "is not true or false");
    return value->is_boolean() && value->get<bool>();
  }

  std::string text(const char* key, std::size_t most = kMostName) {
    const json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_string()) {
      complain(key, "is not a text");
      return {};
    }
    return cut(value->get_ref<const std::string&>(), most);
  }

  // [num, den], or a number.
  Rational rate(const char* key) {
    const json* value = find(key);
    if (value == nullptr) return {1, 1};
    const auto is_part = [](const json& part) {
      return part.is_number_integer() && std::abs(part.get<double>()) <= INT32_MAX;
    };
    if (value->is_array() && value->size() == 2 && is_part((*value)[0]) && is_part((*value)[1]) &&
        (*value)[1].get<std::int64_t>() > 0)
      return Rational::make((*value)[0].get<std::int64_t>(), (*value)[1].get<std::int64_t>());
    if (value->is_number() && std::abs(value->get<double>()) <= 1000)
      return Rational::make(std::llround(value->get<double>() * 1000), 1000);
    if (value->is_string() && value->get_ref<const std::string&>().size() <= 32)
      if (const auto parsed = Rational::parse(value->get_ref<const std::string&>())) return *parsed;
    complain(key, "is no rate");
    return {1, 1};
  }

  // The first `most` elements of a list.
  template <typename Each>
  void list(const char* key, std::size_t most, Each&& each) {
    const json* value = find(key);
    if (value == nullptr) return;
    if (!value->is_array()) return complain(key, "is not a list");
    std::size_t count = 0;
    for (const json& element : *value) {
      if (count++ == most || !is_ok()) return;
      each(element);
    }
  }

  void require(const char* key) {
    if (find(key) == nullptr) complain(key, "is missing");
  }
  void take(const Reader& inner) {
    if (error_.empty()) error_ = inner.error_;
  }
  bool is_ok() const { return error_.empty(); }
  Error error() const { return {Errc::kMalformed, error_}; }

 private:
  void complain(const char* key, const char* problem) {
    if (!error_.empty()) return;
    error_ = "The server's answer cannot be understood: " + std::string(what_);
    if (*key != '\0') error_ += std::string(".") + key;
    error_ += std::string(" ") + problem + ".";
  }

  const json& object_;
  const std::string_view what_;
  std::string error_;
};

AdminGeneration read_generation(Reader& outer, const json& object) {
  Reader fields(object, "generation");
  AdminGeneration one;
  fields.require("generation");
  one.generation = fields.id("generation");
  one.version = fields.text("version", 64);
  one.state = fields.text("state", 64);
  one.pins = fields.integer("pins");
  one.memory_bytes = fields.integer("memory_bytes");
  one.buffers = fields.integer("buffers");
  one.buffer_bytes = fields.integer("buffer_bytes");
  one.jobs = fields.integer("jobs");
  one.timers = fields.integer("timers");
  one.loaded_utc_ns = fields.integer("loaded_utc_ns", INT64_MIN);
  outer.take(fields);
  return one;
}

AdminPlugin read_plugin(Reader& outer, const json& object) {
  Reader fields(object, "plugin");
  AdminPlugin plugin;
  fields.require("id");
  plugin.id = fields.text("id", 128);
  plugin.name = fields.text("name");
  plugin.version = fields.text("version", 64);
  plugin.kind = fields.text("kind", 64);
  plugin.file = fields.text("file", kMostWords);
  plugin.is_enabled = fields.boolean("is_enabled", true);
  plugin.is_file_there = fields.boolean("is_file_there", true);
  fields.list("generations", kMostAdminGenerations,
              [&](const json& each) { plugin.generations.push_back(read_generation(fields, each)); });
  if (const json* previous = fields.find("previous")) {
    Reader inner(*previous, "previous");
    plugin.previous = AdminPlugin::Previous{inner.id("generation"), inner.text("version", 64)};
    fields.take(inner);
  }
  fields.list("resident", kMostAdminGenerations, [&](const json& each) {
    Reader inner(each, "resident");
    plugin.residents.push_back({inner.id("generation"), inner.text("why", kMostWords)});
    fields.take(inner);
  });
  if (const json* last = fields.find("last")) {
    Reader inner(*last, "last");
    plugin.last =
        AdminPlugin::Last{inner.text("action", 64), inner.integer("utc_ns", INT64_MIN), inner.boolean("ok", false),
                          inner.text("message", kMostWords), inner.integer("took_ms")};
    fields.take(inner);
  }
  outer.take(fields);
  return plugin;
}

AdminStream read_stream(Reader& outer, const json& object) {
  Reader fields(object, "stream");
  AdminStream stream;
  stream.stream = static_cast<std::uint32_t>(fields.integer("stream", 0, UINT32_MAX));
  stream.media = fields.text("media");
  stream.title = fields.text("title", 1024);
  stream.rendition = fields.text("rendition");
  stream.rate = fields.rate("rate");
  stream.is_paused = fields.boolean("is_paused", false);
  stream.is_looping = fields.boolean("is_looping", false);
  stream.position_us = fields.integer("position_us", INT64_MIN);
  stream.granted_us = fields.integer("granted_us", INT64_MIN);
  stream.sent_us = fields.integer("sent_us", INT64_MIN);
  outer.take(fields);
  return stream;
}

AdminClient read_client(Reader& outer, const json& object) {
  Reader fields(object, "client");
  AdminClient client;
  fields.require("client");
  client.client = fields.id("client");
  client.user = fields.text("user");
  client.role = fields.text("role", 32);
  client.address = fields.text("address");
  client.transport = fields.text("transport", 128);
  client.generation = fields.id("generation");
  client.program = fields.text("program");
  client.since_utc_ns = fields.integer("since_utc_ns", INT64_MIN);
  client.bytes_sent = fields.integer("bytes_sent");
  client.bytes_per_s = fields.number("bytes_per_s");
  fields.list("streams", kMostAdminStreams,
              [&](const json& each) { client.streams.push_back(read_stream(fields, each)); });
  outer.take(fields);
  return client;
}

Role role_of(const std::string& name) {
  if (name == "admin") return Role::kAdmin;
  return name == "member" ? Role::kMember : Role::kGuest;
}

AdminLogLevel level_of(const std::string& name) {
  if (name == "error") return AdminLogLevel::kError;
  if (name == "warning") return AdminLogLevel::kWarning;
  if (name == "debug") return AdminLogLevel::kDebug;
  return name == "trace" ? AdminLogLevel::kTrace : AdminLogLevel::kInfo;
}

template <typename T>
Result<T> checked(const Reader& reader, T value) {
  if (!reader.is_ok()) return fail(reader.error());
  return value;
}

}  // namespace

Result<AdminStatus> parse_admin_status(const json& result) {
  Reader fields(result, "admin.status");
  AdminStatus status;
  status.clients = fields.integer("clients");
  status.streams = fields.integer("streams");
  status.uptime_s = fields.integer("uptime_s");
  if (const json* object = fields.find("store")) {
    Reader store(*object, "store");
    status.store = {.segments = store.integer("segments"),
                    .bytes = store.integer("bytes"),
                    .budget_bytes = store.integer("budget_bytes"),
                    .hits = store.integer("hits"),
                    .misses = store.integer("misses"),
                    .makes = store.integer("makes"),
                    .evictions = store.integer("evictions")};
    fields.take(store);
  }
  if (fields.find("cpu_s") != nullptr) status.cpu_s = fields.number("cpu_s");
  if (fields.find("rss_bytes") != nullptr) status.rss_bytes = fields.integer("rss_bytes");
  if (fields.find("bytes_sent") != nullptr) status.bytes_sent = fields.integer("bytes_sent");
  return checked(fields, std::move(status));
}

Result<std::vector<AdminPlugin>> parse_admin_plugins(const json& result) {
  Reader fields(result, "admin.plugins");
  std::vector<AdminPlugin> plugins;
  fields.require("plugins");
  fields.list("plugins", kMostAdminPlugins, [&](const json& each) { plugins.push_back(read_plugin(fields, each)); });
  return checked(fields, std::move(plugins));
}

Result<AdminClients> parse_admin_clients(const json& result) {
  Reader fields(result, "admin.clients");
  AdminClients clients;
  fields.require("clients");
  fields.list("clients", kMostAdminClients,
              [&](const json& each) { clients.clients.push_back(read_client(fields, each)); });
  clients.total = std::max(fields.integer("total"), static_cast<std::int64_t>(clients.clients.size()));
  return checked(fields, std::move(clients));
}

Result<std::vector<AdminUser>> parse_admin_users(const json& result) {
  Reader fields(result, "admin.users");
  std::vector<AdminUser> users;
  fields.require("users");
  fields.list("users", kMostAdminUsers, [&](const json& each) {
    Reader inner(each, "user");
    inner.require("user_id");
    users.push_back({.user_id = inner.id("user_id"),
                     .name = inner.text("name"),
                     .role = role_of(inner.text("role", 32)),
                     .is_disabled = inner.boolean("is_disabled", false),
                     .created_utc_ns = inner.integer("created_utc_ns", INT64_MIN)});
    fields.take(inner);
  });
  return checked(fields, std::move(users));
}

Result<AdminLogPage> parse_admin_log(const json& result) {
  Reader fields(result, "admin.log");
  AdminLogPage page;
  fields.require("lines");
  fields.list("lines", kMostAdminLogPage, [&](const json& each) {
    Reader inner(each, "line");
    inner.require("seq");
    page.lines.push_back({.seq = inner.id("seq"),
                          .utc_ns = inner.integer("utc_ns", INT64_MIN),
                          .level = level_of(inner.text("level", 32)),
                          .component = inner.text("component", 64),
                          .text = inner.text("text", kMostWords)});
    fields.take(inner);
  });
  std::stable_sort(page.lines.begin(), page.lines.end(),
                   [](const AdminLogLine& a, const AdminLogLine& b) { return a.seq < b.seq; });
  page.last_seq = fields.id("last_seq");
  page.first_seq = fields.id("first_seq");
  return checked(fields, std::move(page));
}

std::string admin_message(const json& result) {
  Reader fields(result, "answer");
  return fields.text("message", kMostWords);
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::kGuest:
      return "guest";
    case Role::kMember:
      return "member";
    case Role::kAdmin:
      return "admin";
  }
  return "guest";
}

std::string_view method_of(AdminVerb verb) {
  switch (verb) {
    case AdminVerb::kSwap:
      return "admin.plugin_swap";
    case AdminVerb::kRollBack:
      return "admin.plugin_rollback";
    case AdminVerb::kEnable:
      return "admin.plugin_enable";
    case AdminVerb::kDisable:
      return "admin.plugin_disable";
    case AdminVerb::kDrain:
      return "admin.plugin_drain";
    case AdminVerb::kEndClient:
      return "admin.end_client";
    case AdminVerb::kCreateUser:
      return "admin.create_user";
    case AdminVerb::kSetRole:
      return "admin.set_role";
    case AdminVerb::kSetDisabled:
      return "admin.set_disabled";
    case AdminVerb::kResetPassword:
      return "admin.reset_password";
  }
  return {};
}

std::string params_of(const AdminCommand& command) {
  json params = json::object();
  switch (command.verb) {
    case AdminVerb::kSwap:
    case AdminVerb::kRollBack:
    case AdminVerb::kEnable:
    case AdminVerb::kDisable:
    case AdminVerb::kDrain:
      params["id"] = command.plugin;
      break;
    case AdminVerb::kEndClient:
      params["client"] = command.number;
      break;
    case AdminVerb::kCreateUser:
      params = {{"name", command.name}, {"password", command.password}, {"role", to_string(command.role)}};
      break;
    case AdminVerb::kSetRole:
      params = {{"user_id", command.number}, {"role", to_string(command.role)}};
      break;
    case AdminVerb::kSetDisabled:
      params = {{"user_id", command.number}, {"is_disabled", command.is_disabled}};
      break;
    case AdminVerb::kResetPassword:
      params = {{"user_id", command.number}, {"password", command.password}};
      break;
  }
  return params.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace zoe::player
