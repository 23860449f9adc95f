// The least that rating a year of hourly intervals can cost: reading them once.
//
//   sum LOOPS
//
// Makes the intervals that `bench rating year` makes and sums them, month by month; prints
// `sum LOOPS NANOSECONDS-EACH SUM`.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { HOURS = 8760 };
static const int DAYS[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
static int64_t values[HOURS];

static int64_t sum(const int64_t *from, int count) {
  int64_t total = 0;
  for (int i = 0; i < count; i++) total += from[i];
  return total;
}

int main(int argc, char **argv) {
  long loops = argc > 1 ? atol(argv[1]) : 1000;
  uint64_t state = 2018;
  for (int i = 0; i < HOURS; i++) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    values[i] = (int64_t)(state >> 54);
  }
  int64_t total = 0;
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (long loop = 0; loop < loops; loop++) {
    int at = 0;
    for (int month = 0; month < 12; month++) {
      total += sum(values + at, DAYS[month] * 24);
      at += DAYS[month] * 24;
    }
    // So that no sum is taken for known.
    __asm__ volatile("" : : "r"(values) : "memory");
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  double nanoseconds = (end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec);
  printf("sum %ld %.1f %" PRId64 "\n", loops, nanoseconds / loops, total);
  return 0;
}
