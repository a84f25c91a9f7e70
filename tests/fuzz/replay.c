/* Gives each file named on the command line to a fuzz target once, where libFuzzer is not there to do so. */
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int count, char **names) {
    static uint8_t data[1 << 16];
    for (int i = 1; i < count; i++) {
        FILE *file = fopen(names[i], "rb");
        if (file == NULL) return perror(names[i]), 1;
        size_t size = fread(data, 1, sizeof data, file);
        if (fclose(file) != 0) return perror(names[i]), 1;
        LLVMFuzzerTestOneInput(data, size);
    }
    printf("%d inputs\n", count - 1);
    return count > 1 ? 0 : 1;
}
