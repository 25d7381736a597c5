/*
 * The reference for a child's output into a ring: starts the program in argv[1..], reads its pipe into a ring of 1 MiB and
 * prints the bytes and the nanoseconds from the fork to the end of the stream.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RING (1 << 20)

static char ring[RING];

int main(int count, char **arguments) {
  int ends[2];
  struct timespec start, end;
  long long total = 0;
  size_t at = 0;
  if (count < 2 || pipe(ends) != 0) {
    return 1;
  }
  clock_gettime(CLOCK_MONOTONIC, &start);
  if (fork() == 0) {
    dup2(ends[1], 1);
    close(ends[0]);
    close(ends[1]);
    execv(arguments[1], arguments + 1);
    _exit(127);
  }
  close(ends[1]);
  for (;;) {
    ssize_t got = read(ends[0], ring + at, RING - at);
    if (got <= 0) {
      break;
    }
    total += got;
    at = (at + (size_t)got) % RING;
  }
  wait(NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%lld %lld\n", total, (end.tv_sec - start.tv_sec) * 1000000000LL + (end.tv_nsec - start.tv_nsec));
  return 0;
}
