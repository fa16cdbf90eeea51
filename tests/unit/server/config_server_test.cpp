#include "server/host/server_config.hpp"

#include <initializer_list>
#include <string>
#include <vector>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct ServerConfigTest : testing::Test {
  Result<CommandLine> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "zoetrope-server");
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    return parse_command_line(static_cast<int>(argv.size()), argv.data());
  }
  ServerConfig config(std::vector<std::string> words) {
    auto line = parse(std::move(words));
    EXPECT_TRUE(line) << line.error().message;
    return line ? line->config : ServerConfig();
  }
  std::string error(std::vector<std::string> words) {
    const auto line = parse(std::move(words));
    EXPECT_FALSE(line);
    return line ? "" : line.error().message;
  }
  // A configuration file with this text, as arguments.
  std::vector<std::string> with_file(const std::string& text) { return {"--config", dir.write("z.toml", text)}; }

  zoe::test::TempDir dir;
  const std::string films = dir.path();
};

TEST_F(ServerConfigTest, EverySettingHasADefault) {
  const ServerConfig config = this->config({films});
  EXPECT_THAT(config.folders, ElementsAre(films));
  EXPECT_THAT(config.data_folder, HasSubstr("zoetrope/server"));
  EXPECT_EQ(config.plugins_folder, zoe::test::build_folder() + "/plugins");
  EXPECT_FALSE(config.name.empty());
  EXPECT_EQ(config.store_bytes, std::size_t{512} << 20);
  EXPECT_EQ(config.store_disk_bytes, std::uint64_t{4} << 30);
  EXPECT_EQ(config.most_clients, 4096u);
  EXPECT_EQ(config.rescan_every, std::chrono::seconds(30));
  EXPECT_FALSE(config.plugin_settings.contains("auth_guest"));
  for (const auto& [id, settings] : config.plugin_settings) EXPECT_TRUE(json::parse(settings).is_object()) << id;
}

TEST_F(ServerConfigTest, FlagsGoBeforeTheFile) {
  auto words = with_file("folders = [\"" + films + "\"]\nname = \"from file\"\n[store]\nmemory_mib = 64\n" +
                         "[plugins.transport_tcp]\nport = 1\nthreads = 2\n");
  EXPECT_EQ(config(words).name, "from file");
  EXPECT_EQ(config(words).store_bytes, std::size_t{64} << 20);
  for (const char* word : {"--name", "from flag", "--segment-memory-mib", "32", "--port", "0", "--allow-guests"})
    words.emplace_back(word);
  const ServerConfig config = this->config(words);
  EXPECT_EQ(config.name, "from flag");
  EXPECT_EQ(config.store_bytes, std::size_t{32} << 20);
  const json native = json::parse(config.plugin_settings.at("transport_tcp"));
  EXPECT_EQ(native.at("port"), 0);
  EXPECT_EQ(native.at("threads"), 2);
  EXPECT_EQ(native.at("name"), "from flag");
  EXPECT_EQ(json::parse(config.plugin_settings.at("auth_guest")).at("enabled"), true);
}

TEST_F(ServerConfigTest, SaysWhichSettingIsWrong) {
  const std::string start = "folders = [\"" + films + "\"]\n";
  EXPECT_THAT(error(with_file(start + "[store]\nmemory_mb = 64\n")),
              testing::AllOf(HasSubstr("z.toml:3"), HasSubstr("store.memory_mb")));
  EXPECT_THAT(error(with_file(start + "[limits]\nclients = 0\n")),
              testing::AllOf(HasSubstr("z.toml:3"), HasSubstr("limits.clients")));
  EXPECT_THAT(error(with_file(start + "[log]\nlevel = 3\n")), HasSubstr("log.level"));
  EXPECT_THAT(error(with_file("folders = [\n")), HasSubstr("z.toml"));
  EXPECT_THAT(error(with_file(start + "[plugins]\nauth_guest = true\n")), HasSubstr("plugins.auth_guest"));
  EXPECT_THAT(error(with_file(start + "[tls]\nkey = \"k.pem\"\n")), HasSubstr("tls.certificate"));
  EXPECT_THAT(error({"--config", dir.file("none.toml"), films}), HasSubstr("none.toml"));
}

TEST_F(ServerConfigTest, SaysWhichFlagIsWrong) {
  EXPECT_THAT(error({"--prot", "1", films}), HasSubstr("--prot"));
  EXPECT_THAT(error({"--port", "70000", films}), HasSubstr("--port"));
  EXPECT_THAT(error({"--port", "x", films}), HasSubstr("--port"));
  EXPECT_THAT(error({"--log-level", "loud", films}), HasSubstr("loud"));
  EXPECT_THAT(error({dir.file("none")}), HasSubstr("none"));
}

TEST_F(ServerConfigTest, AMissingFolderIsFineBesideOneThatIsThere) {
  EXPECT_THAT(config({films + "/", dir.file("none"), films}).folders, ElementsAre(films, dir.file("none")));
}

TEST_F(ServerConfigTest, RootsHaveNamesOfTheirOwn) {
  const std::string one = dir.file("a/films");
  const std::string other = dir.file("b/films");
  const std::string team = dir.file("team");
  for (const std::string& folder : {one, other, team}) std::filesystem::create_directories(folder);
  EXPECT_THAT(config({one, other}).root_names, ElementsAre("films", "films 2"));
  const std::string file =
      dir.write("roots.toml", "folders = [\"" + one + "\"]\n[library.roots]\n\"First team\" = \"" + team + "\"\n");
  const ServerConfig named = config({"--config", file});
  EXPECT_THAT(named.folders, ElementsAre(one, team));
  EXPECT_THAT(named.root_names, ElementsAre("films", "First team"));
  EXPECT_EQ(named.database, "") << "in the data folder";
  EXPECT_EQ(config({films, "--database", "/srv/store.sqlite3"}).database, "/srv/store.sqlite3");
}

TEST_F(ServerConfigTest, PrintsItsHelpAndVersion) {
  const auto help = parse({"--help"});
  ASSERT_TRUE(help);
  EXPECT_FALSE(help->is_to_serve);
  for (const char* word : {"--config", "--port", "--allow-guests", "Examples", "Exit status"})
    EXPECT_THAT(help->text, HasSubstr(word));
  EXPECT_THAT(parse({"--version"}).value().text, HasSubstr("zoetrope-server 0."));
}

TEST_F(ServerConfigTest, TheExampleFileIsValidAndSaysTheDefaults) {
  const std::string example = zoe::test::repository_folder() + "/server/zoetrope.example.toml";
  const ServerConfig config = this->config({"--config", example, films});
  const ServerConfig plain = this->config({films});
  EXPECT_EQ(config.store_bytes, plain.store_bytes);
  EXPECT_EQ(config.most_clients, plain.most_clients);
  EXPECT_EQ(config.rescan_every, plain.rescan_every);
  EXPECT_EQ(config.auth_workers, plain.auth_workers);
  EXPECT_EQ(config.log.level, plain.log.level);
}

}  // namespace
}  // namespace zoe::server
