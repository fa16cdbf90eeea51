// Work that must not be felt by viewers.
#pragma once

namespace zoe::server {

// The calling thread, and the threads it starts from now on, run when nobody else wants the processor or the disk.
void enter_background();

}  // namespace zoe::server
