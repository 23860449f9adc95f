// The light: a plain C program that does only the unavoidable, for comparison.
//
//   light append ENTRIES FILE SLICE CORES   appends the entries of ENTRIES to the LMDB file FILE, one
//                                           commit every SLICE entries, hashing each entry with
//                                           SHA-256 on CORES threads
//   light scan FILE...                      touches every byte of the database `entries` of each FILE
//   light shape FILE                        how many rows of a projection's FILE begin with each byte,
//                                           and how many bytes their keys and values have
//   light rows OUT SHAPE FILE...            scans each FILE, and appends to the LMDB file OUT, in key
//                                           order, rows as SHAPE says: as `light shape` prints it
//
// ENTRIES holds entries one after another: four bytes of length, little-endian, then the bytes.
// Prints one line: what it did, the seconds it took, and a check sum, so that nothing is optimised
// away.
#include <fcntl.h>
#include <lmdb.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MUST(call)                                                     \
  do {                                                                 \
    int code_ = (call);                                                \
    if (code_) {                                                       \
      fprintf(stderr, "light: %s: %s\n", #call, mdb_strerror(code_));  \
      exit(1);                                                         \
    }                                                                  \
  } while (0)

enum { MAX_CORES = 64, HASH = SHA256_DIGEST_LENGTH };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

typedef struct {
  const unsigned char *bytes;
  uint32_t length;
} Entry;

typedef struct {
  const Entry *entries;
  size_t count;
  unsigned char (*hashes)[HASH];
} Share;

static void *hash_share(void *argument) {
  const Share *share = argument;
  for (size_t i = 0; i < share->count; i++)
    SHA256(share->entries[i].bytes, share->entries[i].length, share->hashes[i]);
  return NULL;
}

static void hash_slice(const Entry *entries, size_t count, unsigned char (*hashes)[HASH], int cores) {
  pthread_t threads[MAX_CORES];
  Share shares[MAX_CORES];
  for (int c = 0; c < cores; c++) {
    size_t from = count * c / cores, to = count * (c + 1) / cores;
    shares[c] = (Share){entries + from, to - from, hashes + from};
    if (c > 0) pthread_create(&threads[c], NULL, hash_share, &shares[c]);
  }
  hash_share(&shares[0]);
  for (int c = 1; c < cores; c++) pthread_join(threads[c], NULL);
}

static Entry *load(const char *path, size_t *count) {
  int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) {
    perror(path);
    exit(1);
  }
  size_t size = status.st_size;
  const unsigned char *bytes = mmap(NULL, size ? size : 1, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  size_t room = 1024, n = 0;
  Entry *entries = malloc(room * sizeof *entries);
  for (size_t at = 0; at + 4 <= size;) {
    if (n == room) entries = realloc(entries, (room *= 2) * sizeof *entries);
    memcpy(&entries[n].length, bytes + at, 4);
    entries[n].bytes = bytes + at + 4;
    at += 4 + entries[n++].length;
  }
  *count = n;
  return entries;
}

static int append(const char *input, const char *path, size_t slice, int cores) {
  size_t count;
  Entry *entries = load(input, &count);
  unsigned char(*hashes)[HASH] = malloc(slice * HASH);
  MDB_env *environment;
  MUST(mdb_env_create(&environment));
  MUST(mdb_env_set_mapsize(environment, (size_t)1 << 40));
  MUST(mdb_env_set_maxdbs(environment, 4));
  MUST(mdb_env_open(environment, path, MDB_NOSUBDIR | MDB_NOTLS, 0644));
  unsigned check = 0;
  double began = now();
  for (size_t from = 0; from < count; from += slice) {
    size_t n = count - from < slice ? count - from : slice;
    hash_slice(entries + from, n, hashes, cores);
    MDB_txn *transaction;
    MDB_dbi database;
    MUST(mdb_txn_begin(environment, NULL, 0, &transaction));
    MUST(mdb_dbi_open(transaction, "entries", MDB_CREATE | MDB_INTEGERKEY, &database));
    for (size_t i = 0; i < n; i++) {
      uint64_t position = from + i;
      MDB_val key = {sizeof position, &position};
      MDB_val value = {entries[from + i].length + 4, NULL};
      MUST(mdb_put(transaction, database, &key, &value, MDB_APPEND | MDB_RESERVE));
      memcpy(value.mv_data, hashes[i], 4);
      memcpy((char *)value.mv_data + 4, entries[from + i].bytes, entries[from + i].length);
      check ^= hashes[i][0];
    }
    MUST(mdb_txn_commit(transaction));
  }
  printf("append %zu %.6f %u\n", count, now() - began, check);
  return 0;
}

static uint64_t touch(int files, char **paths, size_t *found) {
  uint64_t sum = 0;
  size_t count = 0;
  for (int f = 0; f < files; f++) {
    MDB_env *environment;
    MDB_txn *transaction;
    MDB_dbi database;
    MDB_cursor *cursor;
    MDB_val key, value;
    MUST(mdb_env_create(&environment));
    MUST(mdb_env_set_maxdbs(environment, 8));
    MUST(mdb_env_open(environment, paths[f], MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK, 0644));
    MUST(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
    MUST(mdb_dbi_open(transaction, "entries", MDB_INTEGERKEY, &database));
    MUST(mdb_cursor_open(transaction, database, &cursor));
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) {
      const unsigned char *bytes = value.mv_data;
      for (size_t i = 0; i < value.mv_size; i++) sum += bytes[i];
      count++;
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(transaction);
    mdb_env_close(environment);
  }
  *found = count;
  return sum;
}

static int scan(int files, char **paths) {
  size_t count;
  double began = now();
  uint64_t sum = touch(files, paths, &count);
  printf("scan %zu %.6f %llu\n", count, now() - began, (unsigned long long)sum);
  return 0;
}

// Prints `BYTE:ROWS:KEY:VALUE`, the bytes of key and value on average, for each first byte of a key.
static int shape(const char *path) {
  MDB_env *environment;
  MDB_txn *transaction;
  MDB_dbi database;
  MDB_cursor *cursor;
  MDB_val key, value;
  size_t rows[256] = {0}, keys[256] = {0}, values[256] = {0};
  MUST(mdb_env_create(&environment));
  MUST(mdb_env_set_maxdbs(environment, 2));
  MUST(mdb_env_open(environment, path, MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK, 0644));
  MUST(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
  MUST(mdb_dbi_open(transaction, "rows", 0, &database));
  MUST(mdb_cursor_open(transaction, database, &cursor));
  while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) {
    unsigned char first = *(unsigned char *)key.mv_data;
    rows[first]++;
    keys[first] += key.mv_size;
    values[first] += value.mv_size;
  }
  for (int b = 0; b < 256; b++)
    if (rows[b])
      printf("%d:%zu:%zu:%zu ", b, rows[b], keys[b] / rows[b], values[b] / rows[b]);
  printf("\n");
  mdb_cursor_close(cursor);
  mdb_txn_abort(transaction);
  mdb_env_close(environment);
  return 0;
}

enum { ROWS_A_COMMIT = 1 << 20, LONGEST = 511 };

static int rows(const char *path, char *shapes, int files, char **paths) {
  MDB_env *environment;
  MDB_txn *transaction;
  MDB_dbi database;
  size_t scanned, appended = 0;
  unsigned char name[LONGEST] = {0};
  double began = now();
  uint64_t sum = touch(files, paths, &scanned);
  MUST(mdb_env_create(&environment));
  MUST(mdb_env_set_mapsize(environment, (size_t)1 << 40));
  MUST(mdb_env_set_maxdbs(environment, 2));
  MUST(mdb_env_open(environment, path, MDB_NOSUBDIR | MDB_NOSYNC, 0644));
  MUST(mdb_txn_begin(environment, NULL, 0, &transaction));
  MUST(mdb_dbi_open(transaction, "rows", MDB_CREATE, &database));
  for (char *shape = strtok(shapes, " "); shape; shape = strtok(NULL, " ")) {
    unsigned first;
    size_t count, key_size, value_size;
    if (sscanf(shape, "%u:%zu:%zu:%zu", &first, &count, &key_size, &value_size) != 4 ||
        key_size < 9 || key_size > LONGEST)
      return 2;
    name[0] = first;
    for (size_t i = 0; i < count; i++) {
      // The number in the key's last eight bytes, so that keys ascend.
      for (int b = 0; b < 8; b++) name[key_size - 1 - b] = i >> (8 * b);
      MDB_val key = {key_size, name}, value = {value_size, NULL};
      MUST(mdb_put(transaction, database, &key, &value, MDB_APPEND | MDB_RESERVE));
      memset(value.mv_data, i & 0xFF, value_size);
      if (++appended % ROWS_A_COMMIT == 0) {
        MUST(mdb_txn_commit(transaction));
        MUST(mdb_txn_begin(environment, NULL, 0, &transaction));
      }
    }
  }
  MUST(mdb_txn_commit(transaction));
  MUST(mdb_env_sync(environment, 1));
  printf("rows %zu %.6f %llu\n", appended, now() - began, (unsigned long long)sum);
  return 0;
}

int main(int count, char **arguments) {
  if (count == 6 && strcmp(arguments[1], "append") == 0)
    return append(arguments[2], arguments[3], strtoul(arguments[4], NULL, 10), atoi(arguments[5]));
  if (count >= 3 && strcmp(arguments[1], "scan") == 0) return scan(count - 2, arguments + 2);
  if (count == 3 && strcmp(arguments[1], "shape") == 0) return shape(arguments[2]);
  if (count >= 5 && strcmp(arguments[1], "rows") == 0)
    return rows(arguments[2], arguments[3], count - 4, arguments + 4);
  fprintf(stderr,
          "usage: light append ENTRIES FILE SLICE CORES | light scan FILE... | light shape FILE\n"
          "       | light rows OUT SHAPE FILE...\n");
  return 2;
}
