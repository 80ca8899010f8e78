/* The C ABI from C: load a program from a file and from memory, run it, and read its errors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pygraph/pygraph.h>

static void fail(const char* what) {
  printf("%s: %s\n", what, pygraph_last_error());
  exit(1);
}

static int64_t run(pygraph_program* program, int64_t n) {
  pygraph_tensor* input = NULL;
  pygraph_tensor** outputs = NULL;
  size_t count = 0;
  int64_t total = 0;
  const pygraph_tensor* inputs[1];
  if (pygraph_tensor_new(PYGRAPH_INT64, 0, NULL, &n, &input) != PYGRAPH_OK) fail("tensor");
  inputs[0] = input;
  if (pygraph_program_run(program, inputs, 1, &outputs, &count) != PYGRAPH_OK) fail("run");
  if (count != 1 || pygraph_tensor_dtype(outputs[0]) != PYGRAPH_INT64 ||
      pygraph_tensor_rank(outputs[0]) != 0 || pygraph_tensor_bytes(outputs[0]) != sizeof total) {
    fail("result");
  }
  memcpy(&total, pygraph_tensor_data(outputs[0]), sizeof total);
  pygraph_outputs_free(outputs, count);
  pygraph_tensor_free(input);
  return total;
}

static char* contents(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  char* data = NULL;
  long length = 0;
  if (file == NULL) fail(path);
  fseek(file, 0, SEEK_END);
  length = ftell(file);
  rewind(file);
  data = malloc((size_t)length);
  if (data == NULL || fread(data, 1, (size_t)length, file) != (size_t)length) fail(path);
  fclose(file);
  *size = (size_t)length;
  return data;
}

int main(int argc, char** argv) {
  pygraph_program* program = NULL;
  pygraph_tensor* tensor = NULL;
  pygraph_profile* profile = NULL;
  const float values[4] = {1.0F, 2.0F, 3.0F, 4.0F};
  const int64_t shape[2] = {2, 2};
  char* data = NULL;
  size_t size = 0;
  if (argc != 2) return 2;

  printf("version: %s\n", pygraph_version());
  if (pygraph_program_load(argv[1], &program) != PYGRAPH_OK) fail("load");
  printf("graphs: %d\n", (int)pygraph_program_graph_count(program));
  printf("from a file: %lld\n", (long long)run(program, 10));
  pygraph_program_free(program);

  data = contents(argv[1], &size);
  if (pygraph_program_read(data, size, &program) != PYGRAPH_OK) fail("read");
  data[200] = (char)(data[200] ^ 1);
  printf("from memory: %lld\n", (long long)run(program, 20));
  if (pygraph_profile_start(&profile) != PYGRAPH_OK) fail("profile");
  run(program, 20);
  if (pygraph_profile_stop(profile) != PYGRAPH_OK) fail("profile");
  printf("profiled: %s %d\n", pygraph_profile_row_at(profile, 0)->name,
         pygraph_profile_row_count(profile) > 1);
  pygraph_profile_free(profile);
  pygraph_profile_free(NULL);
  pygraph_program_free(program);

  printf("flipped: %d\n", (int)pygraph_program_read(data, size, &program));
  printf("no program: %d\n", program == NULL);
  printf("message: %d\n", strlen(pygraph_last_error()) > 0);
  free(data);

  if (pygraph_tensor_new(PYGRAPH_FLOAT32, 2, shape, values, &tensor) != PYGRAPH_OK) fail("tensor");
  printf("shape: %d %d\n", (int)pygraph_tensor_shape(tensor)[0],
         (int)pygraph_tensor_shape(tensor)[1]);
  printf("last: %g\n", (double)((const float*)pygraph_tensor_data(tensor))[3]);
  pygraph_tensor_free(tensor);
  printf("complex: %d\n", (int)pygraph_tensor_new(PYGRAPH_COMPLEX64, 0, NULL, values, &tensor));
  pygraph_tensor_free(NULL);
  pygraph_program_free(NULL);
  return 0;
}
