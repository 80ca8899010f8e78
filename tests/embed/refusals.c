/* Every function of the C ABI with NULL, with handles of another kind and with what is no program:
 * `name: status message` each, and nothing is crashed by any. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pygraph/pygraph.h>

static void show(const char* name, long long answer) {
  printf("%s: %lld %s\n", name, answer, pygraph_last_error());
}

static void forget(void) {
  pygraph_profile* profile = NULL;
  if (pygraph_profile_start(&profile) != PYGRAPH_OK) exit(1);
  pygraph_profile_free(profile);
}

/* Calls that give something else than a status. */
#define SHOW(name, call) (forget(), show(name, (long long)(call)))

static void tensors(pygraph_tensor* tensor, pygraph_program* program) {
  const double value = 1.0;
  const int64_t shape[2] = {2, 3};
  const unsigned char flags[4] = {0, 1, 2, 255};
  const int64_t four = 4;
  const pygraph_tensor* wrong = (const pygraph_tensor*)(const void*)program;
  pygraph_tensor* made = NULL;
  show("tensor without result", pygraph_tensor_new(PYGRAPH_FLOAT64, 0, NULL, &value, NULL));
  show("tensor without shape", pygraph_tensor_new(PYGRAPH_FLOAT64, 2, NULL, &value, &made));
  show("tensor without data", pygraph_tensor_new(PYGRAPH_FLOAT64, 2, shape, NULL, &made));
  show("tensor of no dtype", pygraph_tensor_new((pygraph_dtype)99, 0, NULL, &value, &made));
  SHOW("dtype of NULL", pygraph_tensor_dtype(NULL));
  SHOW("rank of NULL", pygraph_tensor_rank(NULL));
  SHOW("shape of NULL", pygraph_tensor_shape(NULL) != NULL);
  SHOW("data of NULL", pygraph_tensor_data(NULL) != NULL);
  SHOW("bytes of NULL", pygraph_tensor_bytes(NULL));
  SHOW("rank of a program", pygraph_tensor_rank(wrong));
  SHOW("data of a program", pygraph_tensor_data(wrong) != NULL);
  SHOW("bytes of a tensor", pygraph_tensor_bytes(tensor));
  if (pygraph_tensor_new(PYGRAPH_BOOL, 1, &four, flags, &made) != PYGRAPH_OK) exit(1);
  show("last flag", ((const unsigned char*)pygraph_tensor_data(made))[3]);
  pygraph_tensor_free(made);
  pygraph_tensor_free(NULL);
}

static void programs(pygraph_tensor* tensor, pygraph_program* program, const char* text) {
  const pygraph_tensor* inputs[2] = {NULL, NULL};
  pygraph_program* wrong = (pygraph_program*)(void*)tensor;
  pygraph_program* chosen = NULL;
  pygraph_tensor* made = NULL;
  pygraph_tensor** outputs = NULL;
  size_t count = 7;
  inputs[1] = (const pygraph_tensor*)(const void*)program;
  show("load without path", pygraph_program_load(NULL, &program));
  show("load without result", pygraph_program_load(text, NULL));
  show("read without data", pygraph_program_read(NULL, 64, &program));
  show("read of nothing", pygraph_program_read(NULL, 0, &program));
  show("read without result", pygraph_program_read(text, strlen(text), NULL));
  program = (pygraph_program*)(void*)inputs[1];
  SHOW("graphs of NULL", pygraph_program_graph_count(NULL));
  SHOW("graphs of a tensor", pygraph_program_graph_count(wrong));
  SHOW("functions of NULL", pygraph_program_function_count(NULL));
  SHOW("function name in NULL", pygraph_program_function_name(NULL, 0) != NULL);
  SHOW("function name beyond", pygraph_program_function_name(program, 1000) != NULL);
  show("function of NULL", pygraph_program_function(NULL, "f", &chosen));
  show("function of a tensor", pygraph_program_function(wrong, "f", &chosen));
  show("function without name", pygraph_program_function(program, NULL, &chosen));
  show("function without result", pygraph_program_function(program, "f", NULL));
  SHOW("variables of NULL", pygraph_program_variable_count(NULL));
  SHOW("name in NULL", pygraph_program_variable_name(NULL, 0) != NULL);
  SHOW("name beyond", pygraph_program_variable_name(program, 1000) != NULL);
  show("variable of NULL", pygraph_program_variable_read(NULL, "total", &made));
  show("variable without name", pygraph_program_variable_read(program, NULL, &made));
  show("variable without result", pygraph_program_variable_read(program, "total", NULL));
  show("assign to NULL", pygraph_program_variable_assign(NULL, "total", tensor));
  show("assign without name", pygraph_program_variable_assign(program, NULL, tensor));
  show("assign of NULL", pygraph_program_variable_assign(program, "total", NULL));
  show("assign of a program", pygraph_program_variable_assign(program, "total", inputs[1]));
  show("run of NULL", pygraph_program_run(NULL, NULL, 0, &outputs, &count));
  show("count after it", (long long)count);
  show("run of a tensor", pygraph_program_run(wrong, NULL, 0, &outputs, &count));
  show("run without inputs", pygraph_program_run(program, NULL, 1, &outputs, &count));
  show("run on NULL", pygraph_program_run(program, inputs, 1, &outputs, &count));
  show("run on a program", pygraph_program_run(program, inputs + 1, 1, &outputs, &count));
  show("run without outputs", pygraph_program_run(program, NULL, 0, NULL, &count));
  show("run without count", pygraph_program_run(program, NULL, 0, &outputs, NULL));
  pygraph_outputs_free(NULL, 3);
  pygraph_program_free(NULL);
}

static void profiles(pygraph_tensor* tensor) {
  pygraph_profile* wrong = (pygraph_profile*)(void*)tensor;
  pygraph_profile* profile = NULL;
  show("profile without result", pygraph_profile_start(NULL));
  show("stop of NULL", pygraph_profile_stop(NULL));
  show("stop of a tensor", pygraph_profile_stop(wrong));
  if (pygraph_profile_start(&profile) != PYGRAPH_OK) exit(1);
  if (pygraph_profile_stop(profile) != PYGRAPH_OK) exit(1);
  SHOW("rows of NULL", pygraph_profile_row_count(NULL));
  SHOW("row of NULL", pygraph_profile_row_at(NULL, 0) != NULL);
  SHOW("row beyond", pygraph_profile_row_at(profile, 1000) != NULL);
  pygraph_profile_free(profile);
  pygraph_profile_free(NULL);
}

/* Arguments: a program with a variable `total`, then files to be loaded. */
int main(int argc, char** argv) {
  const double value = 1.0;
  pygraph_program* program = NULL;
  pygraph_tensor* tensor = NULL;
  int i = 0;
  if (argc < 2 || pygraph_program_load(argv[1], &program) != PYGRAPH_OK) return 2;
  if (pygraph_tensor_new(PYGRAPH_FLOAT64, 0, NULL, &value, &tensor) != PYGRAPH_OK) return 2;
  tensors(tensor, program);
  programs(tensor, program, argv[1]);
  profiles(tensor);
  for (i = 2; i < argc; ++i) {
    pygraph_program* loaded = NULL;
    show(argv[i], pygraph_program_load(argv[i], &loaded));
    pygraph_program_free(loaded);
  }
  pygraph_tensor_free(tensor);
  pygraph_program_free(program);
  printf("end: 0\n");
  return 0;
}
