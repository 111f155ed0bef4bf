/*
 * Writes down, in order, everything that a process does to the files of one folder: what it wrote where, and what it asked the disk to keep.
 * Preloaded into a process under test (LD_PRELOAD). From the record, disk.ts makes the folder as a power loss at any moment would have left it.
 *
 * POWER_FOLDER: the folder. POWER_RECORD: where to write. POWER_IGNORE_SYNC=1: syncs answer, and do nothing: a disk that lies.
 * A record: kind (1 byte), number of the file (4), offset (8), length (4), data. Numbers are those of the machine.
 *   N name of a file    W data at an offset    T length after truncation    B a sync begins (offset: its number)    E it has ended
 *   D a sync of the folder has ended    U the file lost its name: the next one of this name is another
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 4096
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *folder;
static size_t folder_length;
static int ignore_sync, record = -1;
/* per descriptor: number of its file; 0: not ours; 1: the folder itself */
static uint32_t files[MOST];
static char *names[MOST];
static uint32_t known = 1;
static uint64_t syncs;

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
  const char *wanted = getenv("POWER_FOLDER"), *to = getenv("POWER_RECORD"), *lying = getenv("POWER_IGNORE_SYNC");
  ignore_sync = lying && *lying == '1';
  if (!wanted || !to) return;
  folder = realpath(wanted, NULL);
  if (!folder) return;
  folder_length = strlen(folder);
  record = open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void all(const void *data, size_t length) {
  static ssize_t (*really)(int, const void *, size_t);
  if (!really) really = dlsym(RTLD_NEXT, "write");
  for (const char *at = data; length > 0;) {
    ssize_t done = really(record, at, length);
    if (done <= 0) abort();
    at += done;
    length -= (size_t)done;
  }
}

static void tell(char kind, uint32_t file, uint64_t offset, uint32_t length, const void *data) {
  char head[17];
  head[0] = kind;
  memcpy(head + 1, &file, 4);
  memcpy(head + 5, &offset, 8);
  memcpy(head + 13, &length, 4);
  all(head, sizeof head);
  if (length > 0) all(data, length);
}

/* with the lock held */
static uint32_t number_of(const char *name) {
  for (uint32_t at = 2; at <= known; at++) if (names[at] && !strcmp(names[at], name)) return at;
  if (known + 1 >= MOST) abort();
  known++;
  names[known] = strdup(name);
  tell('N', known, 0, (uint32_t)strlen(name), name);
  return known;
}

static void opened(int fd, const char *path) {
  if (record < 0 || fd < 0 || fd >= MOST || fd == record) return;
  char full[PATH_MAX];
  files[fd] = 0;
  if (!realpath(path, full) || strncmp(full, folder, folder_length)) return;
  if (full[folder_length] == 0) files[fd] = 1;
  else if (full[folder_length] == '/') {
    pthread_mutex_lock(&lock);
    files[fd] = number_of(full + folder_length + 1);
    pthread_mutex_unlock(&lock);
  }
}

#define OPEN(name)                                                            \
  int name(const char *path, int flags, ...) {                                \
    REAL(name);                                                               \
    va_list more;                                                             \
    va_start(more, flags);                                                    \
    mode_t mode = va_arg(more, mode_t);                                       \
    va_end(more);                                                             \
    int fd = real(path, flags, mode);                                         \
    opened(fd, path);                                                         \
    if (fd >= 0 && fd < MOST && files[fd] > 1 && (flags & O_TRUNC)) {         \
      pthread_mutex_lock(&lock);                                              \
      tell('T', files[fd], 0, 0, NULL);                                       \
      pthread_mutex_unlock(&lock);                                            \
    }                                                                         \
    return fd;                                                                \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  REAL(close);
  if (fd >= 0 && fd < MOST) files[fd] = 0;
  return real(fd);
}

static int ours(int fd) { return record >= 0 && fd >= 0 && fd < MOST && files[fd] > 1; }

#define PWRITE(name, type)                                                    \
  ssize_t name(int fd, const void *data, size_t length, type offset) {        \
    REAL(name);                                                               \
    if (!ours(fd)) return real(fd, data, length, offset);                     \
    pthread_mutex_lock(&lock);                                                \
    ssize_t done = real(fd, data, length, offset);                            \
    if (done > 0) tell('W', files[fd], (uint64_t)offset, (uint32_t)done, data); \
    pthread_mutex_unlock(&lock);                                              \
    return done;                                                              \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t length) {
  REAL(write);
  if (!ours(fd)) return real(fd, data, length);
  pthread_mutex_lock(&lock);
  off64_t at = (fcntl(fd, F_GETFL) & O_APPEND) ? lseek64(fd, 0, SEEK_END) : lseek64(fd, 0, SEEK_CUR);
  ssize_t done = real(fd, data, length);
  if (done > 0) tell('W', files[fd], (uint64_t)at, (uint32_t)done, data);
  pthread_mutex_unlock(&lock);
  return done;
}

#define TRUNCATE(name, type)                                                  \
  int name(int fd, type length) {                                             \
    REAL(name);                                                               \
    if (!ours(fd)) return real(fd, length);                                   \
    pthread_mutex_lock(&lock);                                                \
    int answer = real(fd, length);                                            \
    if (answer == 0) tell('T', files[fd], (uint64_t)length, 0, NULL);         \
    pthread_mutex_unlock(&lock);                                              \
    return answer;                                                            \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

/* what was written before it began is on the disk when it has ended */
#define SYNC(name)                                                            \
  int name(int fd) {                                                          \
    REAL(name);                                                               \
    int folder_itself = record >= 0 && fd >= 0 && fd < MOST && files[fd] == 1; \
    if (!ours(fd) && !folder_itself) return real(fd);                         \
    if (ignore_sync) return 0;                                                \
    pthread_mutex_lock(&lock);                                                \
    uint64_t mine = ++syncs;                                                  \
    uint32_t file = files[fd];                                                \
    tell('B', file, mine, 0, NULL);                                           \
    pthread_mutex_unlock(&lock);                                              \
    int answer = real(fd);                                                    \
    pthread_mutex_lock(&lock);                                                \
    if (answer == 0) tell(folder_itself ? 'D' : 'E', file, mine, 0, NULL);    \
    pthread_mutex_unlock(&lock);                                              \
    return answer;                                                            \
  }
SYNC(fsync)
SYNC(fdatasync)

static const char *inside(const char *path, char *full) {
  char parent[PATH_MAX];
  const char *base = strrchr(path, '/');
  if (record < 0 || !base || (size_t)(base - path) >= sizeof parent) return NULL;
  memcpy(parent, path, (size_t)(base - path));
  parent[base - path] = 0;
  return realpath(parent, full) && !strcmp(full, folder) ? base + 1 : NULL;
}

int unlink(const char *path) {
  REAL(unlink);
  char full[PATH_MAX];
  const char *name = inside(path, full);
  int answer = real(path);
  if (answer == 0 && name) {
    pthread_mutex_lock(&lock);
    tell('U', number_of(name), 0, 0, NULL);
    /* the next file of this name is another one */
    for (uint32_t at = 2; at <= known; at++) if (names[at] && !strcmp(names[at], name)) { free(names[at]); names[at] = NULL; }
    pthread_mutex_unlock(&lock);
  }
  return answer;
}
