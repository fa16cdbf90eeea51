#include "server/host/operator_people.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "server/host/control_client.hpp"
#include "server/host/operator_tables.hpp"
#include "server/host/password_prompt.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 5> kGroups = {"users", "invites", "groups", "roots", "audit"};

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

std::string word(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

const json& list_of(const json& object, const char* name) {
  static const json kNone = json::array();
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : kNone;
}

std::string time_text(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return {};
  const auto seconds = static_cast<std::time_t>(found->get<std::int64_t>() / 1'000'000'000);
  return fmt::format("{:%Y-%m-%d %H:%M:%SZ}", fmt::gmtime(seconds));
}

// The number of the one called that, among those that the server lists.
Result<json> find_named(ControlClient& server, const char* method, const char* list, const std::string& name,
                        const char* what) {
  ZOE_TRY(const json result, server.ask(method, json::object()));
  for (const json& each : list_of(result, list))
    if (word(each, "name") == name) return each;
  return fail(Errc::kNotFound, fmt::format("there is no {} called \"{}\"", what, name));
}

class PeopleCommand {
 public:
  PeopleCommand(ControlClient& server, const PeopleOptions& options) : server_(server), options_(options) {}

  Status run() {
    if (options_.group == "users") return users();
    if (options_.group == "invites") return invites();
    if (options_.group == "groups") return groups();
    if (options_.group == "roots") return roots();
    return audit();
  }

 private:
  Status users();
  Status list_users();
  Status invites();
  Status list_invites();
  Status groups();
  Status list_groups();
  Status roots();
  Status list_roots();
  Status audit();
  Status done(const char* method, const json& params, const std::string& words);
  Result<json> user_ids() const;

  ControlClient& server_;
  const PeopleOptions& options_;
};

Status PeopleCommand::done(const char* method, const json& params, const std::string& words) {
  ZOE_TRY(const json result, server_.ask(method, params));
  print(options_.is_json ? net::to_text(result) + "\n" : words + "\n");
  return {};
}

Status PeopleCommand::list_users() {
  ZOE_TRY(const json result, server_.ask("admin.users", json::object()));
  if (options_.is_json) return print(net::to_text(result) + "\n"), Status();
  std::vector<std::vector<std::string>> rows = {{"NUMBER", "NAME", "ROLE", "SINCE", "REMARKS"}};
  for (const json& user : list_of(result, "users"))
    rows.push_back({word(user, "user_id"), word(user, "name"), word(user, "role"), time_text(user, "created_utc_ns"),
                    user.value("is_disabled", false) ? "disabled" : ""});
  print(aligned_table(rows));
  return {};
}

Status PeopleCommand::users() {
  const std::string& act = options_.act;
  if (act.empty() || act == "list") return list_users();
  if (act == "create") {
    ZOE_TRY(const std::string password, read_new_password(options_.name));
    return done("admin.create_user", {{"name", options_.name}, {"password", password}, {"role", options_.role}},
                options_.name + " has an account now");
  }
  ZOE_TRY(const json user, find_named(server_, "admin.users", "users", options_.name, "user"));
  json params = {{"user_id", user.at("user_id")}};
  if (act == "reset-password") {
    ZOE_TRY(params["password"], read_new_password(options_.name));
    return done("admin.reset_password", params, "the password of " + options_.name + " is changed; sessions are ended");
  }
  if (act == "set-role") {
    params["role"] = options_.value;
    return done("admin.set_role", params, options_.name + " is " + options_.value + " now");
  }
  if (act == "delete")
    return done("admin.delete_user", params, options_.name + " is deleted, with all that was theirs");
  params["is_disabled"] = act == "disable";
  return done("admin.set_disabled", params, options_.name + " is " + act + "d");
}

Status PeopleCommand::list_invites() {
  ZOE_TRY(const json result, server_.ask("admin.invites", json::object()));
  if (options_.is_json) return print(net::to_text(result) + "\n"), Status();
  std::vector<std::vector<std::string>> rows = {{"NUMBER", "CODE", "ROLE", "USES LEFT", "UNTIL", "NOTE"}};
  for (const json& invite : list_of(result, "invites"))
    rows.push_back({word(invite, "invite"), word(invite, "code_hint") + "-…", word(invite, "role"),
                    word(invite, "uses_left"), time_text(invite, "expires_utc_ns"), word(invite, "note")});
  print(aligned_table(rows));
  return {};
}

Status PeopleCommand::invites() {
  if (options_.act.empty() || options_.act == "list") return list_invites();
  if (options_.act == "revoke")
    return done("admin.revoke_invite", {{"invite", options_.invite}},
                "invite " + std::to_string(options_.invite) + " is void");
  const json params = {{"note", options_.note},
                       {"uses", options_.uses},
                       {"role", options_.role},
                       {"expires_s", static_cast<std::int64_t>(options_.days * 86'400)}};
  ZOE_TRY(const json result, server_.ask("admin.create_invite", params));
  if (options_.is_json) return print(net::to_text(result) + "\n"), Status();
  print(word(result, "code") + "\n");
  std::fprintf(stderr, "It makes %s, until %s. It is shown this once.\n",
               options_.uses == 1 ? "one account" : (std::to_string(options_.uses) + " accounts").c_str(),
               time_text(result, "expires_utc_ns").c_str());
  return {};
}

Status PeopleCommand::list_groups() {
  ZOE_TRY(const json result, server_.ask("admin.groups", json::object()));
  if (options_.is_json) return print(net::to_text(result) + "\n"), Status();
  std::vector<std::vector<std::string>> rows = {{"GROUP", "MEMBERS"}};
  for (const json& group : list_of(result, "groups")) {
    std::string members;
    for (const json& member : list_of(group, "members")) {
      const std::string name = word(member, "name");
      members += (members.empty() ? "" : ", ") + (name.empty() ? "user " + word(member, "user_id") : name);
    }
    rows.push_back({word(group, "name"), members});
  }
  print(aligned_table(rows));
  return {};
}

Result<json> PeopleCommand::user_ids() const {
  ZOE_TRY(const json result, server_.ask("admin.users", json::object()));
  const json& users = list_of(result, "users");
  json ids = json::array();
  for (const std::string& name : options_.names) {
    const auto found =
        std::find_if(users.begin(), users.end(), [&](const json& user) { return word(user, "name") == name; });
    if (found == users.end()) return fail(Errc::kNotFound, "there is no user called \"" + name + "\"");
    ids.push_back(found->at("user_id"));
  }
  return ids;
}

Status PeopleCommand::groups() {
  if (options_.act.empty() || options_.act == "list") return list_groups();
  if (options_.act == "create")
    return done("admin.create_group", {{"name", options_.name}}, "the group " + options_.name + " is made");
  ZOE_TRY(const json group, find_named(server_, "admin.groups", "groups", options_.name, "group"));
  if (options_.act == "delete")
    return done("admin.delete_group", {{"group", group.at("group")}}, "the group " + options_.name + " is deleted");
  ZOE_TRY(const json ids, user_ids());
  return done("admin.set_group_members", {{"group", group.at("group")}, {"user_ids", ids}},
              fmt::format("{} has {} members now", options_.name, ids.size()));
}

Status PeopleCommand::list_roots() {
  ZOE_TRY(const json result, server_.ask("admin.roots", json::object()));
  if (options_.is_json) return print(net::to_text(result) + "\n"), Status();
  ZOE_TRY(const json groups, server_.ask("admin.groups", json::object()));
  std::vector<std::vector<std::string>> rows = {{"ROOT", "VIDEOS", "SEEN BY", "REMARKS"}};
  for (const json& root : list_of(result, "roots")) {
    std::string seen_by;
    for (const json& number : list_of(root, "groups"))
      for (const json& group : list_of(groups, "groups"))
        if (group.value("group", json()) == number) seen_by += (seen_by.empty() ? "" : ", ") + word(group, "name");
    if (word(root, "policy") == "everyone") seen_by = "everyone";
    rows.push_back({word(root, "root"), word(root, "media"), seen_by.empty() ? "administrators" : seen_by,
                    root.value("is_configured", false) ? "" : "not in the configuration now"});
  }
  print(aligned_table(rows));
  return {};
}

Status PeopleCommand::roots() {
  if (options_.act.empty() || options_.act == "list") return list_roots();
  json params = {{"root", options_.name}, {"policy", options_.value}};
  json ids = json::array();
  for (const std::string& name : options_.names) {
    ZOE_TRY(const json group, find_named(server_, "admin.groups", "groups", name, "group"));
    ids.push_back(group.at("group"));
  }
  if (!ids.empty()) params["groups"] = ids;
  return done("admin.set_root", params,
              options_.name + (options_.value == "everyone" ? " is seen by everyone now"
                                                            : " is seen by those groups and administrators only now"));
}

Status PeopleCommand::audit() {
  ZOE_TRY(const json result, server_.ask("admin.audit", {{"limit", options_.lines}, {"search", options_.search}}));
  if (options_.is_json) return print(net::to_text(result) + "\n"), Status();
  std::vector<std::vector<std::string>> rows = {{"WHEN", "WHO", "WHAT", "ABOUT", "FROM", "OUTCOME"}};
  const json& entries = list_of(result, "entries");
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry)
    rows.push_back({time_text(*entry, "utc_ns"), word(*entry, "actor"), word(*entry, "action"), word(*entry, "subject"),
                    word(*entry, "address"),
                    (entry->value("is_ok", false) ? "ok " : "refused: ") + word(*entry, "detail")});
  print(aligned_table(rows));
  return {};
}

}  // namespace

bool is_people_command(std::string_view name) {
  return std::find(kGroups.begin(), kGroups.end(), name) != kGroups.end();
}

void declare_people(CLI::App& app, PeopleOptions& options, void (*place)(CLI::App& command, void* context),
                    void* context) {
  const auto group = [&](const char* name, const char* help) {
    CLI::App* command = app.add_subcommand(name, help);
    command->require_subcommand(0, 1);
    command->callback([&options, name] { options.group = name; });
    place(*command, context);
    return command;
  };
  const auto act = [&](CLI::App* parent, const char* name, const char* help) {
    CLI::App* command = parent->add_subcommand(name, help);
    command->callback([&options, name] { options.act = name; });
    place(*command, context);
    return command;
  };
  const auto with_name = [&](CLI::App* command, const char* what) {
    command->add_option(what, options.name)->required();
    return command;
  };

  CLI::App* users = group("users", "Accounts: list, create, disable, enable, set-role, reset-password, delete");
  act(users, "list", "All accounts");
  with_name(act(users, "create", "Make an account; its password is asked for"), "NAME")
      ->add_option("--role", options.role, "member or admin (default: member)");
  with_name(act(users, "disable", "Nobody can log in to it any more"), "NAME");
  with_name(act(users, "enable", "Undo that"), "NAME");
  with_name(act(users, "set-role", "guest, member or admin"), "NAME")->add_option("ROLE", options.value)->required();
  with_name(act(users, "reset-password", "Give it a new password, which is asked for"), "NAME");
  with_name(act(users, "delete", "Delete it, with history, playlists and all else that is theirs"), "NAME");

  CLI::App* invites = group("invites", "Codes with which people may register: list, create, revoke");
  act(invites, "list", "Those that can still be used");
  CLI::App* invite = act(invites, "create", "Print a fresh code");
  invite->add_option("--note", options.note, "What it is for");
  invite->add_option("--uses", options.uses, "How many accounts it makes (default: 1)")->check(CLI::Range(1, 1000));
  invite->add_option("--days", options.days, "How long it can be used (default: 7)")->check(CLI::Range(0.001, 366.0));
  invite->add_option("--role", options.role, "member or admin (default: member)");
  act(invites, "revoke", "Make one void")->add_option("NUMBER", options.invite)->required();

  CLI::App* groups = group("groups", "Groups of people: list, create, delete, set-members");
  act(groups, "list", "All groups and their members");
  with_name(act(groups, "create", "Make a group"), "GROUP");
  with_name(act(groups, "delete", "Delete it"), "GROUP");
  with_name(act(groups, "set-members", "These users and no others"), "GROUP")->add_option("USER", options.names);

  CLI::App* roots = group("roots", "The library's folders and who sees them: list, set");
  act(roots, "list", "All roots");
  CLI::App* set = with_name(act(roots, "set", "Who sees it: everyone, or groups GROUP..."), "ROOT");
  set->add_option("POLICY", options.value, "everyone or groups")
      ->required()
      ->check(CLI::IsMember({"everyone", "groups"}));
  set->add_option("GROUP", options.names);

  CLI::App* audit = group("audit", "Who signed in, and what administrators did");
  audit->add_option("--lines,-n", options.lines, "How many (default: 100)")->check(CLI::Range(1, 500));
  audit->add_option("--search", options.search, "Entries with these words");
}

Status run_people(ControlClient& server, const PeopleOptions& options) { return PeopleCommand(server, options).run(); }

}  // namespace zoe::server
