#include "engine/core/threads.hpp"

#include <pthread.h>

#include <string>

namespace zoe {

void set_thread_name(std::string_view name) {
  constexpr std::size_t kLongestName = 15;  // pthread_setname_np(3): 16 bytes with the terminator
  pthread_setname_np(pthread_self(), std::string(name.substr(0, kLongestName)).c_str());
}

}  // namespace zoe
