/* Writes argv[1] bytes (2 GB when absent) to its standard output, 64 KiB at a time, as fast as it can. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char chunk[65536];

int main(int count, char **arguments) {
  long long left = count > 1 ? atoll(arguments[1]) : 2000000000LL;
  memset(chunk, 'x', sizeof chunk);
  while (left > 0) {
    size_t size = left < (long long)sizeof chunk ? (size_t)left : sizeof chunk;
    ssize_t written = write(1, chunk, size);
    if (written <= 0) {
      return 1;
    }
    left -= written;
  }
  return 0;
}
