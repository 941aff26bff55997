// Symbols that headers of GCC 11 or later and of glibc 2.32 or later refer to, for this library alone: it then runs wherever libtorch does.
#include <new>

// Whether the process has a single thread, in which reference counts need not be atomic.
extern "C" char __libc_single_threaded;
char __libc_single_threaded = 0;

namespace std {

[[noreturn]] void __throw_bad_array_new_length();
void __throw_bad_array_new_length() {
  throw bad_array_new_length();
}

// GCC 13. Streams are ready before libtorch's own.
void ios_base_library_init();
void ios_base_library_init() {}

}  // namespace std
