/* Loaded with LD_PRELOAD into every process of a build. Counts, over all of them, the calls that change files (or read
 * them) below one folder, and at the N-th lets a fault happen as the machine would: the power goes, the disk is full,
 * a sector cannot be read. `shim.py` sets the environment:
 *
 *   SHIM_FOLDER  the folder, or one file; an absolute path without links
 *   SHIM_STATE   a file of sizeof(struct state) zeros, shared by all processes: the count
 *   SHIM_CALLS   "changes" or "reads": which calls count
 *   SHIM_AT      N; 0 for never
 *   SHIM_FAULT   "kill all", "kill one", or a number: the errno to fail with
 *   SHIM_LASTS   "1": every later call fails too
 *   SHIM_LOG     a file, told which inodes were written (w) and synced (s), and when all was synced (S)
 *
 * A call that writes is torn first: half of its bytes arrive. The kernel does the same when a disk fills or a process
 * dies in the middle.
 *
 * Not seen: stores through mmap, stdio's own writes (fwrite), io_uring and raw syscall(). Neither CPython nor
 * tensorstore nor pyarrow nor Pillow writes a dataset by these.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

_Static_assert(sizeof(off_t) == sizeof(off64_t), "on a 32-bit machine the 64-bit calls differ");

enum { MAX_PROCESSES = 4096 };

struct state {
    _Atomic uint64_t calls;
    _Atomic uint64_t processes;
    _Atomic int32_t pids[MAX_PROCESSES];
};

enum call { READS, CHANGES, FREES };  /* a call that frees space cannot fail for want of it */
enum verdict { PASS, TEAR, FAIL };

static struct state *state;
static char folder[PATH_MAX];
static size_t folder_length;
static enum call counted;
static uint64_t at;
static bool kills_all, kills_one, lasts;
static int error;
static int log_fd = -1;

/* The C library's own function of the same name. */
#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* --- the processes of the build ------------------------------------------------------------------------------ */

static void register_process(void)
{
    uint64_t slot = atomic_fetch_add(&state->processes, 1);
    if (slot < MAX_PROCESSES)
        atomic_store(&state->pids[slot], getpid());
}

__attribute__((destructor)) static void forget_process(void)
{
    if (!state)
        return;
    for (int slot = 0; slot < MAX_PROCESSES; slot++)
        if (atomic_load(&state->pids[slot]) == getpid())
            atomic_store(&state->pids[slot], 0);
}

__attribute__((constructor)) static void start(void)
{
    const char *state_path = getenv("SHIM_STATE"), *fault = getenv("SHIM_FAULT");
    if (!state_path)
        return;
    snprintf(folder, sizeof folder, "%s", getenv("SHIM_FOLDER"));
    folder_length = strlen(folder);
    counted = strcmp(getenv("SHIM_CALLS"), "reads") == 0 ? READS : CHANGES;
    at = strtoull(getenv("SHIM_AT"), NULL, 10);
    kills_all = strcmp(fault, "kill all") == 0;
    kills_one = strcmp(fault, "kill one") == 0;
    error = atoi(fault);
    lasts = strcmp(getenv("SHIM_LASTS"), "1") == 0;
    log_fd = REAL(open)(getenv("SHIM_LOG"), O_WRONLY | O_APPEND | O_CLOEXEC);
    int fd = REAL(open)(state_path, O_RDWR | O_CLOEXEC);
    void *shared = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared == MAP_FAILED)
        abort();
    state = shared;
    register_process();
    pthread_atfork(NULL, NULL, register_process);
}

static void kill_now(void)
{
    for (int slot = 0; kills_all && slot < MAX_PROCESSES; slot++) {
        pid_t pid = atomic_load(&state->pids[slot]);
        if (pid > 0 && pid != getpid())
            kill(pid, SIGKILL);
    }
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

/* --- which calls count ---------------------------------------------------------------------------------------- */

static bool is_below(const char *path)
{
    return strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == '\0');
}

static bool read_link(const char *link, char path[PATH_MAX])
{
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* Asking /proc each time needs no table of descriptors, which dup and renames would make stale. */
static bool fd_is_below(int fd)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return read_link(link, path) && is_below(path);
}

static bool path_is_below(int dirfd, const char *path)
{
    if (!path)
        return false;
    if (path[0] == '/')
        return is_below(path);
    char link[64] = "/proc/self/cwd", whole[2 * PATH_MAX];
    if (dirfd != AT_FDCWD)
        snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
    if (!read_link(link, whole))
        return false;
    size_t length = strlen(whole);
    snprintf(whole + length, sizeof whole - length, "/%s", path);
    return is_below(whole);
}

/* --- what happens to a call --------------------------------------------------------------------------------------- */

static enum verdict judge_counted(enum call call)
{
    uint64_t number = atomic_fetch_add(&state->calls, 1) + 1;
    if (!at || number < at || (number > at && !kills_all && !lasts))
        return PASS;
    if (number > at && kills_all)
        for (;;)
            pause();  /* the power is gone: nobody writes any more */
    if (call == FREES && (error == ENOSPC || error == EDQUOT))
        return PASS;
    return number == at && call == CHANGES ? TEAR : FAIL;
}

static bool counts(enum call call)
{
    return state && (call == READS) == (counted == READS);
}

static enum verdict judge_fd(enum call call, int fd)
{
    int kept = errno;
    enum verdict verdict = counts(call) && fd_is_below(fd) ? judge_counted(call) : PASS;
    errno = kept;
    return verdict;
}

static enum verdict judge_path(enum call call, int dirfd, const char *path)
{
    int kept = errno;
    enum verdict verdict = counts(call) && path_is_below(dirfd, path) ? judge_counted(call) : PASS;
    errno = kept;
    return verdict;
}

static int fail(void)
{
    if (kills_all || kills_one)
        kill_now();
    errno = error;
    return -1;
}

/* Go on with half a write, if it can be halved and may go on at all. */
static ssize_t torn(ssize_t half)
{
    return kills_all || kills_one || !lasts || half <= 0 ? fail() : half;
}

/* --- what would survive a power cut ---------------------------------------------------------------------------------- */

static void note(char what, uintmax_t inode)
{
    char line[32];
    int length = snprintf(line, sizeof line, "%c%ju\n", what, inode);
    if (REAL(write)(log_fd, line, length) != length)
        abort();
}

static void note_fd(char what, int fd)
{
    struct stat status;
    int kept = errno;
    if (counts(CHANGES) && fstat(fd, &status) == 0 && fd_is_below(fd))
        note(what, status.st_ino);
    errno = kept;
}

/* --- writes: torn, then the fault -------------------------------------------------------------------------------------- */

#define NOTED(fd, type, call)           \
    do {                                \
        type result = call;             \
        if (result >= 0)                \
            note_fd('w', fd);           \
        return result;                  \
    } while (0)

ssize_t write(int fd, const void *bytes, size_t size)
{
    switch (judge_fd(CHANGES, fd)) {
    case TEAR: note_fd('w', fd); return torn(size > 1 ? REAL(write)(fd, bytes, size / 2) : 0);
    case FAIL: return fail();
    default: NOTED(fd, ssize_t, REAL(write)(fd, bytes, size));
    }
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    switch (judge_fd(CHANGES, fd)) {
    case TEAR: note_fd('w', fd); return torn(size > 1 ? REAL(pwrite)(fd, bytes, size / 2, offset) : 0);
    case FAIL: return fail();
    default: NOTED(fd, ssize_t, REAL(pwrite)(fd, bytes, size, offset));
    }
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    switch (judge_fd(CHANGES, fd)) {
    case TEAR: note_fd('w', fd); return torn(REAL(write)(fd, parts[0].iov_base, parts[0].iov_len / 2));
    case FAIL: return fail();
    default: NOTED(fd, ssize_t, REAL(writev)(fd, parts, count));
    }
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
    switch (judge_fd(CHANGES, fd)) {
    case TEAR: note_fd('w', fd); return torn(REAL(pwrite)(fd, parts[0].iov_base, parts[0].iov_len / 2, offset));
    case FAIL: return fail();
    default: NOTED(fd, ssize_t, REAL(pwritev)(fd, parts, count, offset));
    }
}

ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags)
{
    switch (judge_fd(CHANGES, fd)) {
    case TEAR: note_fd('w', fd); return torn(REAL(pwrite)(fd, parts[0].iov_base, parts[0].iov_len / 2, offset));
    case FAIL: return fail();
    default: NOTED(fd, ssize_t, REAL(pwritev2)(fd, parts, count, offset, flags));
    }
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
    return pwrite(fd, bytes, size, offset);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
{
    return pwritev(fd, parts, count, offset);
}

ssize_t pwritev64v2(int fd, const struct iovec *parts, int count, off64_t offset, int flags)
{
    return pwritev2(fd, parts, count, offset, flags);
}

/* --- other calls that change files ---------------------------------------------------------------------------------------- */

/* A call on an open file that changes its content. */
#define WRITES_TO(fd, type, name, parameters, arguments) \
    type name parameters                                 \
    {                                                    \
        if (judge_fd(CHANGES, fd) != PASS)               \
            return fail();                               \
        NOTED(fd, type, REAL(name) arguments);           \
    }

WRITES_TO(to, ssize_t, sendfile, (int to, int from, off_t *offset, size_t size), (to, from, offset, size))
WRITES_TO(to, ssize_t, sendfile64, (int to, int from, off64_t *offset, size_t size), (to, from, offset, size))
WRITES_TO(to, ssize_t, copy_file_range,
          (int from, off64_t *read_at, int to, off64_t *write_at, size_t size, unsigned flags),
          (from, read_at, to, write_at, size, flags))
WRITES_TO(fd, int, ftruncate, (int fd, off_t size), (fd, size))
WRITES_TO(fd, int, ftruncate64, (int fd, off64_t size), (fd, size))
WRITES_TO(fd, int, fallocate, (int fd, int mode, off_t start, off_t size), (fd, mode, start, size))
WRITES_TO(fd, int, fallocate64, (int fd, int mode, off64_t start, off64_t size), (fd, mode, start, size))

/* posix_fallocate returns its error. */
int posix_fallocate(int fd, off_t start, off_t size)
{
    if (judge_fd(CHANGES, fd) != PASS)
        return fail(), error;
    return REAL(posix_fallocate)(fd, start, size);
}

int posix_fallocate64(int fd, off64_t start, off64_t size)
{
    return posix_fallocate(fd, start, size);
}

#define SYNCS(name)                          \
    int name(int fd)                         \
    {                                        \
        if (judge_fd(CHANGES, fd) != PASS)   \
            return fail();                   \
        int result = REAL(name)(fd);         \
        if (result == 0)                     \
            note_fd('s', fd);                \
        return result;                       \
    }

SYNCS(fsync)
SYNCS(fdatasync)

/* All that was written before this call is safe after it. sync() cannot fail, so here it does not. */
void sync(void)
{
    if (counts(CHANGES)) {
        if (judge_counted(CHANGES) == TEAR && (kills_all || kills_one))
            kill_now();
        note('S', 0);
    }
    REAL(sync)();
}

int syncfs(int fd)
{
    if (judge_fd(CHANGES, fd) != PASS)
        return fail();
    note_fd('S', fd);
    return REAL(syncfs)(fd);
}

#define ON_PATH(call, dirfd, path, name, parameters, arguments) \
    int name parameters                                         \
    {                                                           \
        if (judge_path(call, dirfd, path) != PASS)              \
            return fail();                                      \
        return REAL(name) arguments;                            \
    }

ON_PATH(CHANGES, AT_FDCWD, path, mkdir, (const char *path, mode_t mode), (path, mode))
ON_PATH(CHANGES, dirfd, path, mkdirat, (int dirfd, const char *path, mode_t mode), (dirfd, path, mode))
ON_PATH(CHANGES, AT_FDCWD, to, rename, (const char *from, const char *to), (from, to))
ON_PATH(CHANGES, to_dir, to, renameat, (int from_dir, const char *from, int to_dir, const char *to),
        (from_dir, from, to_dir, to))
ON_PATH(CHANGES, to_dir, to, renameat2, (int from_dir, const char *from, int to_dir, const char *to, unsigned flags),
        (from_dir, from, to_dir, to, flags))
ON_PATH(CHANGES, AT_FDCWD, to, link, (const char *from, const char *to), (from, to))
ON_PATH(CHANGES, to_dir, to, linkat, (int from_dir, const char *from, int to_dir, const char *to, int flags),
        (from_dir, from, to_dir, to, flags))
ON_PATH(CHANGES, AT_FDCWD, path, symlink, (const char *target, const char *path), (target, path))
ON_PATH(CHANGES, AT_FDCWD, path, truncate, (const char *path, off_t size), (path, size))
ON_PATH(CHANGES, AT_FDCWD, path, truncate64, (const char *path, off64_t size), (path, size))
ON_PATH(FREES, AT_FDCWD, path, unlink, (const char *path), (path))
ON_PATH(FREES, dirfd, path, unlinkat, (int dirfd, const char *path, int flags), (dirfd, path, flags))
ON_PATH(FREES, AT_FDCWD, path, rmdir, (const char *path), (path))

/* --- opening to write ---------------------------------------------------------------------------------------------------- */

#define OPENS(dirfd, name, parameters, arguments)                                           \
    int name parameters                                                                     \
    {                                                                                       \
        mode_t mode = 0;                                                                    \
        if (flags & (O_CREAT | __O_TMPFILE)) {                                              \
            va_list rest;                                                                   \
            va_start(rest, flags);                                                          \
            mode = va_arg(rest, mode_t);                                                    \
            va_end(rest);                                                                   \
        }                                                                                   \
        if ((flags & O_ACCMODE) != O_RDONLY && judge_path(CHANGES, dirfd, path) != PASS)    \
            return fail();                                                                  \
        return REAL(name) arguments;                                                        \
    }

OPENS(AT_FDCWD, open, (const char *path, int flags, ...), (path, flags, mode))
OPENS(AT_FDCWD, open64, (const char *path, int flags, ...), (path, flags, mode))
OPENS(dirfd, openat, (int dirfd, const char *path, int flags, ...), (dirfd, path, flags, mode))
OPENS(dirfd, openat64, (int dirfd, const char *path, int flags, ...), (dirfd, path, flags, mode))

/* --- reads ------------------------------------------------------------------------------------------------------------------ */

#define READS_FROM(name, parameters, arguments) \
    ssize_t name parameters                     \
    {                                           \
        if (judge_fd(READS, fd) != PASS)        \
            return fail();                      \
        return REAL(name) arguments;            \
    }

READS_FROM(read, (int fd, void *bytes, size_t size), (fd, bytes, size))
READS_FROM(pread, (int fd, void *bytes, size_t size, off_t offset), (fd, bytes, size, offset))
READS_FROM(pread64, (int fd, void *bytes, size_t size, off64_t offset), (fd, bytes, size, offset))
READS_FROM(readv, (int fd, const struct iovec *parts, int count), (fd, parts, count))
READS_FROM(preadv, (int fd, const struct iovec *parts, int count, off_t offset), (fd, parts, count, offset))
READS_FROM(preadv64, (int fd, const struct iovec *parts, int count, off64_t offset), (fd, parts, count, offset))
READS_FROM(preadv64v2, (int fd, const struct iovec *parts, int count, off64_t offset, int flags),
           (fd, parts, count, offset, flags))
