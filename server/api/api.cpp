#include "server/api/api.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "server/api/audit_log.hpp"
#include "server/api/handlers.hpp"
#include "server/library/utf8_text.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using namespace handlers;

// The protocol's bound, less what a transport puts round it (the id).
constexpr std::size_t kMostReplyBytes = (std::size_t{4} << 20) - 256;

constexpr std::size_t kMostAuditText = 300;

constexpr std::array kMethods = {
    Method{"account.delete", Access::kPersonal, Lane::kHashing, account_delete, Audit::kYes},
    Method{"account.export", Access::kPersonal, Lane::kStore, account_export, Audit::kYes},
    Method{"admin.audit", Access::kAdminister, Lane::kStore, admin_audit},
    Method{"admin.clients", Access::kAdminister, Lane::kQuick, admin_clients},
    Method{"admin.create_group", Access::kAdminister, Lane::kStore, admin_create_group, Audit::kYes},
    Method{"admin.create_invite", Access::kAdminister, Lane::kStore, admin_create_invite, Audit::kYes},
    Method{"admin.create_user", Access::kAdminister, Lane::kHashing, admin_create_user, Audit::kYes},
    Method{"admin.delete_group", Access::kAdminister, Lane::kStore, admin_delete_group, Audit::kYes},
    Method{"admin.delete_user", Access::kAdminister, Lane::kStore, admin_delete_user, Audit::kYes},
    Method{"admin.end_client", Access::kAdminister, Lane::kQuick, admin_end_client, Audit::kYes},
    Method{"admin.groups", Access::kAdminister, Lane::kStore, admin_groups},
    Method{"admin.invites", Access::kAdminister, Lane::kStore, admin_invites},
    Method{"admin.log", Access::kAdminister, Lane::kQuick, admin_log},
    Method{"admin.plugin_disable", Access::kAdminister, Lane::kPlugins, admin_plugin_disable, Audit::kYes},
    Method{"admin.plugin_drain", Access::kAdminister, Lane::kPlugins, admin_plugin_drain, Audit::kYes},
    Method{"admin.plugin_enable", Access::kAdminister, Lane::kPlugins, admin_plugin_enable, Audit::kYes},
    Method{"admin.plugin_rollback", Access::kAdminister, Lane::kPlugins, admin_plugin_rollback, Audit::kYes},
    Method{"admin.plugin_swap", Access::kAdminister, Lane::kPlugins, admin_plugin_swap, Audit::kYes},
    Method{"admin.plugins", Access::kAdminister, Lane::kQuick, admin_plugins},
    Method{"admin.rename_group", Access::kAdminister, Lane::kStore, admin_rename_group, Audit::kYes},
    Method{"admin.rescan", Access::kAdminister, Lane::kQuick, admin_rescan},
    Method{"admin.reset_password", Access::kAdminister, Lane::kHashing, admin_reset_password, Audit::kYes},
    Method{"admin.revoke_invite", Access::kAdminister, Lane::kStore, admin_revoke_invite, Audit::kYes},
    Method{"admin.roots", Access::kAdminister, Lane::kStore, admin_roots},
    Method{"admin.set_disabled", Access::kAdminister, Lane::kQuick, admin_set_disabled, Audit::kYes},
    Method{"admin.set_group_members", Access::kAdminister, Lane::kStore, admin_set_group_members, Audit::kYes},
    Method{"admin.set_role", Access::kAdminister, Lane::kQuick, admin_set_role, Audit::kYes},
    Method{"admin.set_root", Access::kAdminister, Lane::kStore, admin_set_root, Audit::kYes},
    Method{"admin.status", Access::kAdminister, Lane::kQuick, admin_status},
    Method{"admin.users", Access::kAdminister, Lane::kQuick, admin_users},
    Method{"analysis.analysers", Access::kBrowse, Lane::kOpening, analysis_analysers},
    Method{"analysis.cancel", Access::kBrowse, Lane::kStore, analysis_cancel, Audit::kYes},
    Method{"analysis.delete", Access::kBrowse, Lane::kStore, analysis_delete, Audit::kYes},
    Method{"analysis.events", Access::kBrowse, Lane::kOpening, analysis_events},
    Method{"analysis.export", Access::kBrowse, Lane::kOpening, analysis_export},
    Method{"analysis.get", Access::kBrowse, Lane::kStore, analysis_get},
    Method{"analysis.jobs", Access::kBrowse, Lane::kStore, analysis_jobs},
    Method{"analysis.series", Access::kBrowse, Lane::kOpening, analysis_series},
    Method{"analysis.start", Access::kPersonalWatch, Lane::kOpening, analysis_start, Audit::kYes},
    Method{"analysis.tracks", Access::kBrowse, Lane::kOpening, analysis_tracks},
    Method{"auth.change_password", Access::kSignedIn, Lane::kHashing, auth_change_password, Audit::kYes},
    Method{"auth.guest", Access::kAnyone, Lane::kQuick, auth_guest},
    Method{"auth.login", Access::kAnyone, Lane::kSigningIn, auth_login, Audit::kYes},
    Method{"auth.logout", Access::kSignedIn, Lane::kQuick, auth_logout, Audit::kYes},
    Method{"auth.register", Access::kAnyone, Lane::kSigningIn, auth_register, Audit::kYes},
    Method{"auth.resume", Access::kAnyone, Lane::kQuick, auth_resume},
    Method{"auth.revoke", Access::kSignedIn, Lane::kQuick, auth_revoke, Audit::kYes},
    Method{"auth.sessions", Access::kSignedIn, Lane::kQuick, auth_sessions},
    Method{"auth.take_over", Access::kAnyone, Lane::kQuick, auth_take_over},
    Method{"auth.ticket", Access::kAnyone, Lane::kQuick, auth_ticket},
    Method{"auth.whoami", Access::kSignedIn, Lane::kQuick, auth_whoami},
    Method{"channels.create", Access::kAdminister, Lane::kStore, channels_create, Audit::kYes},
    Method{"channels.delete", Access::kAdminister, Lane::kStore, channels_delete, Audit::kYes},
    Method{"channels.get", Access::kBrowse, Lane::kStore, channels_get},
    Method{"channels.list", Access::kBrowse, Lane::kStore, channels_list},
    Method{"channels.update", Access::kAdminister, Lane::kStore, channels_update, Audit::kYes},
    Method{"favourites.add", Access::kPersonalWatch, Lane::kStore, favourites_add},
    Method{"favourites.list", Access::kPersonal, Lane::kStore, favourites_list},
    Method{"favourites.remove", Access::kPersonal, Lane::kStore, favourites_remove},
    Method{"file.close", Access::kSignedIn, Lane::kQuick, file_close},
    Method{"file.open", Access::kDownload, Lane::kOpening, file_open},
    Method{"file.watch", Access::kWatch, Lane::kOpening, file_open},
    Method{"history.clear", Access::kPersonal, Lane::kStore, history_clear},
    Method{"history.list", Access::kPersonal, Lane::kStore, history_list},
    Method{"history.remove", Access::kPersonal, Lane::kStore, history_remove},
    Method{"home.get", Access::kBrowse, Lane::kStore, home_get},
    Method{"library.artwork", Access::kBrowse, Lane::kOpening, library_artwork},
    Method{"library.folders", Access::kBrowse, Lane::kQuick, library_folders},
    Method{"library.get", Access::kBrowse, Lane::kStore, library_get},
    Method{"library.list", Access::kBrowse, Lane::kStore, library_list},
    Method{"library.problems", Access::kAdminister, Lane::kQuick, library_problems},
    Method{"library.roots", Access::kBrowse, Lane::kQuick, library_roots},
    Method{"library.subtitle", Access::kWatch, Lane::kOpening, library_subtitle},
    Method{"notes.delete", Access::kWatch, Lane::kStore, notes_delete},
    Method{"notes.export", Access::kBrowse, Lane::kStore, notes_export},
    Method{"notes.list", Access::kBrowse, Lane::kStore, notes_list},
    Method{"playlists.add", Access::kPersonal, Lane::kStore, playlists_add},
    Method{"playlists.create", Access::kPersonal, Lane::kStore, playlists_create},
    Method{"playlists.delete", Access::kPersonal, Lane::kStore, playlists_delete},
    Method{"playlists.get", Access::kPersonal, Lane::kStore, playlists_get},
    Method{"playlists.list", Access::kPersonal, Lane::kStore, playlists_list},
    Method{"playlists.move", Access::kPersonal, Lane::kStore, playlists_move},
    Method{"playlists.remove", Access::kPersonal, Lane::kStore, playlists_remove},
    Method{"playlists.rename", Access::kPersonal, Lane::kStore, playlists_rename},
    Method{"playlists.share", Access::kPersonal, Lane::kStore, playlists_share},
    Method{"playlists.share_with", Access::kPersonal, Lane::kStore, playlists_share_with},
    Method{"playlists.unshare_with", Access::kPersonal, Lane::kStore, playlists_unshare_with},
    Method{"progress.clear", Access::kPersonal, Lane::kStore, progress_clear},
    Method{"progress.get", Access::kPersonalWatch, Lane::kStore, progress_get},
    Method{"progress.report", Access::kPersonalWatch, Lane::kStore, progress_report},
    Method{"ratings.set", Access::kPersonalWatch, Lane::kStore, ratings_set},
    Method{"recommendations.get", Access::kBrowse, Lane::kStore, recommendations_get},
    Method{"rooms.add", Access::kWatch, Lane::kQuick, rooms_add},
    Method{"rooms.allow", Access::kPersonal, Lane::kQuick, rooms_allow},
    Method{"rooms.change", Access::kPersonal, Lane::kStore, rooms_change},
    Method{"rooms.chat", Access::kWatch, Lane::kQuick, rooms_chat},
    Method{"rooms.close", Access::kPersonal, Lane::kQuick, rooms_close},
    Method{"rooms.command", Access::kWatch, Lane::kQuick, rooms_command},
    Method{"rooms.create", Access::kPersonal, Lane::kStore, rooms_create},
    Method{"rooms.draw", Access::kWatch, Lane::kStore, rooms_draw},
    Method{"rooms.get", Access::kBrowse, Lane::kQuick, rooms_get},
    Method{"rooms.hand_over", Access::kPersonal, Lane::kQuick, rooms_hand_over},
    Method{"rooms.invite", Access::kPersonal, Lane::kQuick, rooms_invite},
    Method{"rooms.join", Access::kWatch, Lane::kQuick, rooms_join},
    Method{"rooms.leave", Access::kWatch, Lane::kQuick, rooms_leave},
    Method{"rooms.list", Access::kBrowse, Lane::kQuick, rooms_list},
    Method{"rooms.point", Access::kWatch, Lane::kQuick, rooms_point},
    Method{"rooms.react", Access::kWatch, Lane::kQuick, rooms_react},
    Method{"rooms.ready", Access::kWatch, Lane::kQuick, rooms_ready},
    Method{"rooms.remove", Access::kWatch, Lane::kQuick, rooms_remove},
    Method{"rooms.report", Access::kWatch, Lane::kQuick, rooms_report},
    Method{"server.info", Access::kAnyone, Lane::kQuick, server_info},
    Method{"settings.get", Access::kPersonal, Lane::kStore, settings_get},
    Method{"settings.remove", Access::kPersonal, Lane::kStore, settings_remove},
    Method{"settings.set", Access::kPersonal, Lane::kStore, settings_set},
    Method{"stream.close", Access::kSignedIn, Lane::kQuick, stream_close},
    Method{"stream.loop", Access::kWatch, Lane::kQuick, stream_loop},
    Method{"stream.open", Access::kWatch, Lane::kOpening, stream_open},
    Method{"stream.pause", Access::kWatch, Lane::kQuick, stream_pause},
    Method{"stream.play", Access::kWatch, Lane::kQuick, stream_play},
    Method{"stream.rate", Access::kWatch, Lane::kQuick, stream_rate},
    Method{"stream.rendition", Access::kWatch, Lane::kOpening, stream_rendition},
    Method{"stream.seek", Access::kWatch, Lane::kQuick, stream_seek},
    Method{"stream.segments", Access::kWatch, Lane::kOpening, stream_segments},
    Method{"stream.step", Access::kWatch, Lane::kQuick, stream_step},
    Method{"tickets.create", Access::kWatch, Lane::kQuick, tickets_create, Audit::kYes},
    Method{"tickets.list", Access::kSignedIn, Lane::kQuick, tickets_list},
    Method{"tickets.revoke", Access::kSignedIn, Lane::kQuick, tickets_revoke, Audit::kYes},
    Method{"watched.set", Access::kPersonalWatch, Lane::kStore, watched_set},
};

// For the binary search below.
constexpr bool is_sorted_by_name() {
  for (std::size_t i = 1; i < kMethods.size(); ++i)
    if (kMethods[i - 1].name >= kMethods[i].name) return false;
  return true;
}
static_assert(is_sorted_by_name());

const Method* find_method(std::string_view name) {
  const auto found =
      std::lower_bound(kMethods.begin(), kMethods.end(), name,
                       [](const Method& method, std::string_view wanted) { return method.name < wanted; });
  return found != kMethods.end() && found->name == name ? &*found : nullptr;
}

std::uint32_t stream_of(const json& params) {
  const auto found = params.find("stream");
  if (found == params.end() || !found->is_number_unsigned()) return 0;
  const auto number = found->get<std::uint64_t>();
  return number <= UINT32_MAX ? static_cast<std::uint32_t>(number) : 0;
}

Action action_of(Access access) {
  switch (access) {
    case Access::kBrowse:
      return Action::kBrowse;
    case Access::kDownload:
      return Action::kDownload;
    case Access::kAdminister:
      return Action::kAdminister;
    case Access::kPersonal:
      return Action::kBrowse;
    default:
      return Action::kWatch;
  }
}

// What the request is about: the media that it names, or that of the stream that it names.
std::string resource_of(const Request& request, const Session& session) {
  const auto media = request.params().find("media");
  if (media != request.params().end() && media->is_string()) return media->get<std::string>();
  if (request.stream() == 0) return {};
  const auto stream = session.stream(request.stream());
  return stream ? stream->media->id : std::string();
}

// What a ticket is for: looking at its media.
bool is_for_tickets(std::string_view method) {
  constexpr std::array<std::string_view, 5> kGood{"file.close", "file.watch", "library.artwork", "library.get",
                                                  "library.subtitle"};
  return method.starts_with("stream.") || std::find(kGood.begin(), kGood.end(), method) != kGood.end();
}

Status check_ticket(const Method& method, const MediaTicket& ticket, const std::string& resource, std::int64_t utc_ns) {
  if (!ticket.holds(utc_ns))
    return fail(Errc::kUnauthenticated, "this ticket was revoked or is too old: make another one");
  if (!is_for_tickets(method.name)) return fail(Errc::kDenied, "a ticket is good for looking at one video only");
  // What stands for a stream or a file was opened under the same ticket.
  if (method.access == Access::kSignedIn || resource == ticket.media) return {};
  return fail(Errc::kDenied, "this ticket is for another video");
}

}  // namespace

Request::Request() = default;
Request::~Request() = default;
Request::Request(Request&&) noexcept = default;
Request& Request::operator=(Request&&) noexcept = default;

Result<Request> Request::parse(std::string_view text) {
  ZOE_TRY(json body, net::parse_json_object(text, kMostRequestBytes));
  const auto name = body.find("method");
  if (name == body.end() || !name->is_string())
    return fail(Errc::kMalformed, "the request has no \"method\" that is a text");
  Request request;
  request.method_ = find_method(name->get_ref<const std::string&>());
  if (!request.method_) {
    // Not repeated in full: it may be 64 KiB long.
    const std::string shown = name->get_ref<const std::string&>().substr(0, 64);
    return fail(Errc::kUnsupported, "there is no method \"" + shown + "\"");
  }
  auto params = body.find("params");
  if (params != body.end() && !params->is_object() && !params->is_null())
    return fail(Errc::kMalformed, "the request's \"params\" must be an object");
  const bool has_params = params != body.end() && params->is_object();
  request.params_ = std::make_unique<json>(has_params ? std::move(*params) : json::object());
  request.stream_ = stream_of(*request.params_);
  return request;
}

std::string Api::run(const Request& request, Session& session, std::weak_ptr<StreamObserver> observer) const {
  const IdentityPtr before = session.identity();
  auto result = catch_to_result(request.method().name, [&] { return answer(request, session, std::move(observer)); });
  if (request.method().audit == Audit::kYes) write_down(request, before, session, result);
  if (!result) {
    if (result.error().code == Errc::kInternal)
      services_.log.error("api", "{}: {}", request.method().name, result.error().message);
    return error_reply(result.error());
  }
  json reply = json::object();
  reply["result"] = std::move(*result);
  std::string text = net::to_text(reply);
  if (text.size() > kMostReplyBytes)
    return error_reply({Errc::kTooLarge, "the answer would be larger than 4 MiB; ask for less"});
  return text;
}

// Names and numbers of what it was about; never a password, a code or a token.
void Api::write_down(const Request& request, const IdentityPtr& before, const Session& session,
                     const Result<json>& result) const {
  const auto shown = [&](const char* name) {
    const auto found = request.params().find(name);
    if (found == request.params().end() || found->is_null() || found->is_structured()) return std::string();
    const std::string text = found->is_string() ? found->get<std::string>() : found->dump();
    return printable_utf8(text.substr(0, kMostAuditText));
  };
  AuditEntry entry{.utc_ns = services_.clock.utc_ns(),
                   .actor = before ? before->name : shown("name"),
                   .action = std::string(request.method().name),
                   .address = session.peer_address(),
                   .is_ok = result.has_value()};
  for (const char* name : {"user_id", "client", "id", "file", "group", "root", "session_id", "invite", "media",
                           "ticket_id", "job", "analyser"})
    if (const std::string value = shown(name); !value.empty())
      entry.subject += (entry.subject.empty() ? "" : ", ") + std::string(name) + " " + value;
  if (before && request.params().contains("name")) entry.subject += (entry.subject.empty() ? "" : ", ") + shown("name");
  if (!result)
    entry.detail = printable_utf8(result.error().message.substr(0, kMostAuditText));
  else
    for (const char* name : {"role", "policy", "is_disabled"}) entry.detail += shown(name);
  services_.audit.add(std::move(entry));
}

Result<json> Api::answer(const Request& request, Session& session, std::weak_ptr<StreamObserver> observer) const {
  const IdentityPtr identity = session.identity();
  ZOE_CHECK(check_access(request, identity, session));
  return request.method().run({services_, session, identity, Params(request.params()), std::move(observer)});
}

Status Api::check_access(const Request& request, const IdentityPtr& identity, const Session& session) const {
  const Access access = request.method().access;
  if (access == Access::kAnyone) return {};
  if (!identity)
    return fail(Errc::kUnauthenticated, fmt::format("{} needs somebody who is signed in", request.method().name));
  if (identity->ticket)
    ZOE_CHECK(
        check_ticket(request.method(), *identity->ticket, resource_of(request, session), services_.clock.utc_ns()));
  if (access == Access::kSignedIn) return {};
  if ((access == Access::kPersonal || access == Access::kPersonalWatch) && identity->user_id == 0)
    return fail(Errc::kDenied, "guests keep nothing on the server: make an account for that");
  const std::string resource = resource_of(request, session);
  ZOE_CHECK(services_.auth.authorise(*identity, action_of(access), resource));
  // Those that only undo what is the person's own answer alike for every id.
  if (resource.empty() || access == Access::kPersonal) return {};
  // What somebody may not see does not exist for them, in the words of what does not exist.
  const MediaEntryPtr entry = services_.whole_library.find(resource);
  if (entry && !services_.access.may_see(*identity, entry->root))
    return fail(Errc::kNotFound, "there is no media \"" + resource + "\"");
  return {};
}

std::span<const Method> Api::methods() { return kMethods; }

std::string Api::error_reply(const Error& error) {
  const json reply = {{"error", {{"code", to_string(error.code)}, {"message", error.message}}}};
  return net::to_text(reply);
}

std::string stream_failed_event(std::uint32_t stream, std::uint32_t serial, const Error& error) {
  return net::to_text({{"event", "stream.failed"},
                       {"stream", stream},
                       {"serial", serial},
                       {"code", to_string(error.code)},
                       {"message", error.message}});
}

std::string plugins_changed_event(const std::string& id) {
  return net::to_text({{"event", "plugins.changed"}, {"id", id}});
}

std::string personal_changed_event(std::string_view what, std::string_view media) {
  json event = {{"event", "personal.changed"}, {"what", what}};
  if (!media.empty()) event["media"] = media;
  return net::to_text(event);
}

// Without a number: not everybody may know how many there are.
std::string channels_changed_event() { return net::to_text({{"event", "channels.changed"}}); }
std::string library_changed_event() { return net::to_text({{"event", "library.changed"}}); }

}  // namespace zoe::server
