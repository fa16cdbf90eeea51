// Asio's coroutines.
#pragma once

#include <boost/asio/awaitable.hpp>

// GCC 12 inlines Asio's allocation of a coroutine's frame, and then takes its own operator delete for a foreign one.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif
