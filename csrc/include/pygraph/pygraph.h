/* pygraph's C ABI: load graphs that Python saved and run them, without Python.
 *
 * Handles are opaque. Every function that can fail returns a pygraph_status; on failure the message
 * of the calling thread's last error is pygraph_last_error(). No C++ exception crosses this border.
 * An argument that is NULL where it may not be, or a handle of another kind, is an error too; a
 * function that returns no status then returns 0, NULL or -1.
 * Strings are UTF-8 and end in a zero byte.
 */
#ifndef PYGRAPH_PYGRAPH_H
#define PYGRAPH_PYGRAPH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PYGRAPH_MAX_RANK 16

typedef enum pygraph_status {
  PYGRAPH_OK = 0,
  PYGRAPH_ERROR_VALUE = 1,         /* a wrong value or shape */
  PYGRAPH_ERROR_TYPE = 2,          /* a wrong dtype or number of inputs */
  PYGRAPH_ERROR_INDEX = 3,         /* an index out of range */
  PYGRAPH_ERROR_ZERO_DIVISION = 4, /* an integer divided by zero */
  PYGRAPH_ERROR_OVERFLOW = 5,      /* a size that fits no memory */
  PYGRAPH_ERROR_UNBOUND = 6,       /* a variable of the program was read before it was set */
  PYGRAPH_ERROR_ASSERTION = 7,     /* the program's own assertion failed */
  PYGRAPH_ERROR_MEMORY = 8,        /* no memory */
  PYGRAPH_ERROR_INTERRUPTED = 9,   /* stopped by the host */
  PYGRAPH_ERROR_LIMIT = 10,        /* a limit on work or memory was reached */
  PYGRAPH_ERROR_FORMAT = 11,       /* the bytes are no valid graph */
  PYGRAPH_ERROR_RUNTIME = 12,      /* raised by the program */
  PYGRAPH_ERROR_INTERNAL = 13,     /* a bug of pygraph's */
  PYGRAPH_ERROR_FILE = 14,         /* a file could not be read */
  PYGRAPH_ERROR_RECURSION = 15     /* calls nest deeper than 1000 */
} pygraph_status;

/* The element types; the numbers never change. */
typedef enum pygraph_dtype {
  PYGRAPH_BOOL = 0,
  PYGRAPH_INT8 = 1,
  PYGRAPH_INT16 = 2,
  PYGRAPH_INT32 = 3,
  PYGRAPH_INT64 = 4,
  PYGRAPH_UINT8 = 5,
  PYGRAPH_UINT16 = 6,
  PYGRAPH_UINT32 = 7,
  PYGRAPH_UINT64 = 8,
  PYGRAPH_FLOAT16 = 9,
  PYGRAPH_BFLOAT16 = 10,
  PYGRAPH_FLOAT32 = 11,
  PYGRAPH_FLOAT64 = 12,
  PYGRAPH_COMPLEX64 = 13,
  PYGRAPH_COMPLEX128 = 14
} pygraph_dtype;

typedef struct pygraph_tensor pygraph_tensor;
typedef struct pygraph_program pygraph_program;
typedef struct pygraph_profile pygraph_profile;

/* The version of the library, as "0.1.0". */
const char* pygraph_version(void);
/* The message of this thread's last failure; "" if there was none. Valid until the next call on
 * this thread. */
const char* pygraph_last_error(void);

/* A new tensor with a copy of `data`: row-major elements of `dtype`, `rank` dims in `shape` (NULL
 * if rank is 0). Free it with pygraph_tensor_free. */
pygraph_status pygraph_tensor_new(pygraph_dtype dtype, int rank, const int64_t* shape,
                                  const void* data, pygraph_tensor** result);
void pygraph_tensor_free(pygraph_tensor* tensor);
pygraph_dtype pygraph_tensor_dtype(const pygraph_tensor* tensor);
int pygraph_tensor_rank(const pygraph_tensor* tensor);
/* `rank` dims, valid as long as the tensor. */
const int64_t* pygraph_tensor_shape(const pygraph_tensor* tensor);
/* The elements, row-major, read-only, valid as long as the tensor. */
const void* pygraph_tensor_data(const pygraph_tensor* tensor);
size_t pygraph_tensor_bytes(const pygraph_tensor* tensor);

/* The program of a file, or of its bytes. Everything in it is verified. Free it with
 * pygraph_program_free. */
pygraph_status pygraph_program_load(const char* path, pygraph_program** result);
pygraph_status pygraph_program_read(const void* data, size_t size, pygraph_program** result);
void pygraph_program_free(pygraph_program* program);
/* How many graphs it holds: one per set of input types that each Python function was traced for. */
size_t pygraph_program_graph_count(const pygraph_program* program);

/* The functions that a file holds: one, or all that were saved together. A name is valid as long as
 * the program; `index` is below the count. */
size_t pygraph_program_function_count(const pygraph_program* program);
const char* pygraph_program_function_name(const pygraph_program* program, size_t index);
/* One of them, as a program of its own, which shares the variables with the others and may outlive
 * the program that it is taken from. Free it with pygraph_program_free. */
pygraph_status pygraph_program_function(const pygraph_program* program, const char* name,
                                        pygraph_program** result);

/* The variables that the Python functions captured. They live in the program, start with the values
 * that they had when it was saved, and are what its graphs read and assign. No two have the same
 * name. A name is valid as long as the program; `index` is below the count. */
size_t pygraph_program_variable_count(const pygraph_program* program);
const char* pygraph_program_variable_name(const pygraph_program* program, size_t index);
/* A new tensor with the value that a variable has now. */
pygraph_status pygraph_program_variable_read(const pygraph_program* program, const char* name,
                                             pygraph_tensor** result);
/* Gives a variable another value, of its own dtype and shape. */
pygraph_status pygraph_program_variable_assign(pygraph_program* program, const char* name,
                                               const pygraph_tensor* value);

/* Of a program of one function: runs the first graph whose inputs have the dtypes and shapes of the
 * given tensors. Writes a new array of new tensors to *outputs (free it with pygraph_outputs_free)
 * and its length to *output_count. Several threads may run one program, and read and assign its
 * variables: each operation on a variable is atomic, a run as a whole is not. A run that fails
 * keeps the assignments that it made. */
pygraph_status pygraph_program_run(pygraph_program* program, const pygraph_tensor* const* inputs,
                                   size_t input_count, pygraph_tensor*** outputs,
                                   size_t* output_count);
void pygraph_outputs_free(pygraph_tensor** outputs, size_t output_count);

/* What an operation took, or the runs of a function as a whole. Strings are valid as long as the
 * profile. */
typedef struct pygraph_profile_row {
  const char* function; /* the Python function */
  const char* name;     /* of the operation; of the function where the row is of its runs */
  const char* lines;    /* the lines it was made from, as "model.py:12, model.py:13"; "" for runs */
  int64_t calls;
  int64_t nanoseconds; /* of all calls together */
  int is_run;
} pygraph_profile_row;

/* Records what all runs of the process take that begin before pygraph_profile_stop, on all threads.
 * Once it is stopped it has a row for each function, followed by those of its operations that ran.
 * Free it with pygraph_profile_free, which stops it too. `index` is below the count. */
pygraph_status pygraph_profile_start(pygraph_profile** result);
pygraph_status pygraph_profile_stop(pygraph_profile* profile);
size_t pygraph_profile_row_count(const pygraph_profile* profile);
const pygraph_profile_row* pygraph_profile_row_at(const pygraph_profile* profile, size_t index);
void pygraph_profile_free(pygraph_profile* profile);

#ifdef __cplusplus
}
#endif

#endif /* PYGRAPH_PYGRAPH_H */
