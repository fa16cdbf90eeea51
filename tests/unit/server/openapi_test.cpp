// docs/openapi.yaml against the server that it describes.
#include <fstream>
#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/api.hpp"
#include "tests/support/paths.hpp"

namespace zoe::server {
namespace {

// The methods under /api/ that the document names, each with its verbs. Its layout is this project's own: a path has
// two blanks in front, a verb four.
std::map<std::string, std::set<std::string>> documented() {
  std::map<std::string, std::set<std::string>> found;
  std::ifstream file(zoe::test::repository_folder() + "/docs/openapi.yaml");
  std::string line;
  std::string path;
  while (std::getline(file, line)) {
    if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
    if (line.size() > 2 && line[0] != ' ') path.clear();
    const bool is_verb = line == "    get:" || line == "    post:" || line == "    head:";
    // What has more parts is another address of a request that is there by its name.
    if (is_verb && path.starts_with("/api/") && path.find('/', 5) == std::string::npos)
      found[path.substr(5)].insert(line.substr(4, line.size() - 5));
  }
  return found;
}

// What the web transport leaves to the native protocol.
bool is_of_connections(std::string_view method) {
  return method.starts_with("stream.") || method.starts_with("file.") || method == "auth.take_over" ||
         method == "auth.resume" || method == "auth.ticket";
}

TEST(OpenApi, NamesEveryRequestThatThereIsAndNoOther) {
  const auto described = documented();
  ASSERT_GT(described.size(), 50U);
  std::set<std::string> there;
  for (const Method& method : Api::methods())
    if (!is_of_connections(method.name)) there.insert(std::string(method.name));
  for (const std::string& name : there)
    EXPECT_TRUE(described.contains(name) && described.at(name).contains("post")) << name << " is not in the document";
  for (const auto& [name, verbs] : described)
    EXPECT_TRUE(there.contains(name)) << name << " is no request of the server";
}

TEST(OpenApi, NothingThatChangesSomethingIsAskedForByAnAddress) {
  for (const auto& [name, verbs] : documented()) {
    if (!verbs.contains("get")) continue;
    for (const char* end : {".set", ".add", ".remove", ".create", ".delete", ".clear", ".report", ".share", ".move"})
      EXPECT_FALSE(name.ends_with(end)) << name;
    EXPECT_FALSE(name.starts_with("admin.")) << name;
  }
}

}  // namespace
}  // namespace zoe::server
