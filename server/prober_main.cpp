// zoetrope-prober: started by zoetrope-server, one at a time, to look into files.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "server/library/examiner.hpp"
#include "server/library/prober.hpp"

int main(int argc, char** argv) {
  if (argc != 5 || std::strcmp(argv[1], "--line") != 0 || std::strcmp(argv[3], "--memory") != 0) {
    std::fputs("zoetrope-prober is started by zoetrope-server, with a socket to talk over\n", stderr);
    return 2;
  }
  const int line = std::atoi(argv[2]);
  const auto memory_bytes = static_cast<std::size_t>(std::strtoull(argv[4], nullptr, 10));
  return zoe::server::run_prober_child(line, memory_bytes, zoe::server::examine);
}
