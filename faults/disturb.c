/*
 * Preloaded into the processes of an installation (LD_PRELOAD): makes their disk and their clock misbehave while a control file says so,
 * and gives their connections to other workers an address of their own, so that the network can tell them apart.
 *
 *   DISTURB_CONTROL  file of 24 bytes, mapped by every process that it disturbs: three numbers in the machine's byte order
 *   DISTURB_FOLDER   files below this folder are on the disk that misbehaves
 *   DISTURB_ADDRESS  IPv4 address, one of 127.0.0.2 and up, from which connections to others of these come
 *
 * Numbers: flags (FAILS_SYNC and so on), milliseconds for which each write waits, nanoseconds by which the clock is ahead.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { FAILS_SYNC = 1, IS_FULL = 2, IS_READ_ONLY = 4 };

struct control {
    volatile int64_t flags;
    volatile int64_t write_delay_ms;
    volatile int64_t clock_ahead_ns;
};

static const struct control undisturbed;
static const struct control *control = &undisturbed;
static char folder[4096];

__attribute__((constructor)) static void map_control(void) {
    const char *file = getenv("DISTURB_CONTROL");
    const char *disk = getenv("DISTURB_FOLDER");
    if (file == NULL || disk == NULL) {
        return;
    }
    snprintf(folder, sizeof folder, "%s/", disk);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    void *mapped = mmap(NULL, sizeof(struct control), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED) {
        control = mapped;
    }
}

#define REAL(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))

static int is_below(const char *path) {
    return path != NULL && folder[0] != 0 && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_on_disk(int fd) {
    char link[64];
    char path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) {
        return 0;
    }
    path[length] = 0;
    return is_below(path);
}

static int fails(int with) {
    errno = with;
    return 1;
}

/* Whether a write fails; waits before one that does not. */
static int write_fails(int fd) {
    int64_t flags = control->flags;
    int64_t delay_ms = control->write_delay_ms;
    if (((flags & (IS_FULL | IS_READ_ONLY)) == 0 && delay_ms == 0) || !is_on_disk(fd)) {
        return 0;
    }
    if (flags & IS_FULL) {
        return fails(ENOSPC);
    }
    if (flags & IS_READ_ONLY) {
        return fails(EROFS);
    }
    usleep(1000 * delay_ms);
    return 0;
}

static int change_fails(const char *path) {
    return (control->flags & IS_READ_ONLY) && is_below(path) && fails(EROFS);
}

static int sync_fails(int fd) {
    return (control->flags & FAILS_SYNC) && is_on_disk(fd) && fails(EIO);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    return write_fails(fd) ? -1 : REAL(write)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    return write_fails(fd) ? -1 : REAL(pwrite)(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    return write_fails(fd) ? -1 : REAL(pwrite64)(fd, bytes, count, offset);
}

ssize_t sendfile64(int to, int from, off64_t *offset, size_t count) {
    return write_fails(to) ? -1 : REAL(sendfile64)(to, from, offset, count);
}

int fsync(int fd) {
    return sync_fails(fd) ? -1 : REAL(fsync)(fd);
}

int fdatasync(int fd) {
    return sync_fails(fd) ? -1 : REAL(fdatasync)(fd);
}

static int opens_for_change(int flags) {
    return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
}

#define OPEN(name)                                                    \
    int name(const char *path, int flags, ...) {                      \
        va_list rest;                                                 \
        va_start(rest, flags);                                        \
        int mode = (flags & O_CREAT) ? va_arg(rest, int) : 0;         \
        va_end(rest);                                                 \
        if (opens_for_change(flags) && change_fails(path)) {          \
            return -1;                                                \
        }                                                             \
        return REAL(name)(path, flags, mode);                         \
    }

OPEN(open)
OPEN(open64)

int mkdir(const char *path, mode_t mode) {
    return change_fails(path) ? -1 : REAL(mkdir)(path, mode);
}

int rmdir(const char *path) {
    return change_fails(path) ? -1 : REAL(rmdir)(path);
}

int unlink(const char *path) {
    return change_fails(path) ? -1 : REAL(unlink)(path);
}

int rename(const char *from, const char *to) {
    return change_fails(to) ? -1 : REAL(rename)(from, to);
}

int link(const char *from, const char *to) {
    return change_fails(to) ? -1 : REAL(link)(from, to);
}

static int is_another_worker(const struct sockaddr *to) {
    if (to->sa_family != AF_INET) {
        return 0;
    }
    in_addr_t address = ntohl(((const struct sockaddr_in *) to)->sin_addr.s_addr);
    return address >> 24 == IN_LOOPBACKNET && address != INADDR_LOOPBACK;
}

int connect(int fd, const struct sockaddr *to, socklen_t length) {
    const char *address = getenv("DISTURB_ADDRESS");
    struct sockaddr_in own = {.sin_family = AF_INET};
    if (address != NULL && is_another_worker(to) && inet_pton(AF_INET, address, &own.sin_addr) == 1
        && bind(fd, (const struct sockaddr *) &own, sizeof own) != 0) {
        return -1;
    }
    return REAL(connect)(fd, to, length);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static __typeof__(&clock_gettime) real;
    if (real == NULL) {
        real = REAL(clock_gettime);
    }
    int failed = real(clock, now);
    int64_t ahead = control->clock_ahead_ns;
    if (failed == 0 && clock == CLOCK_REALTIME && ahead != 0) {
        int64_t nanos = now->tv_nsec + ahead % 1000000000;
        int64_t carry = nanos < 0 ? -1 : nanos / 1000000000;
        now->tv_sec += ahead / 1000000000 + carry;
        now->tv_nsec = nanos - carry * 1000000000;
    }
    return failed;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec precise;
    (void) zone;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0) {
        return -1;
    }
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (result != NULL) {
        *result = precise.tv_sec;
    }
    return precise.tv_sec;
}
