# Included by hot.pyx: an op either records in the graph being traced, or runs at once.

cdef class Op:
    cdef const COpRow* row
    cdef readonly str name
    cdef bint gives_view  # whether NumPy's result would be a view of the first operand
    cdef CEagerCalls recent


cdef dict op_objects = {}

cdef Op op_named(str name):
    found = op_objects.get(name)
    if found is not None:
        return <Op>found
    cdef Op op = Op.__new__(Op)
    op.name = name
    cdef bytes encoded = name.encode()
    check(find_op(encoded, &op.row), None)
    op.gives_view = gives_view(op.row[0])
    op_objects[name] = op
    return op


cdef Op op_add = op_named("add")
cdef Op op_subtract = op_named("subtract")
cdef Op op_multiply = op_named("multiply")
cdef Op op_divide = op_named("divide")
cdef Op op_floor_divide = op_named("floor_divide")
cdef Op op_remainder = op_named("remainder")
cdef Op op_pow = op_named("pow")
cdef Op op_matmul = op_named("matmul")
cdef Op op_bitwise_and = op_named("bitwise_and")
cdef Op op_bitwise_or = op_named("bitwise_or")
cdef Op op_bitwise_xor = op_named("bitwise_xor")
cdef Op op_bitwise_left_shift = op_named("bitwise_left_shift")
cdef Op op_bitwise_right_shift = op_named("bitwise_right_shift")
cdef Op op_less = op_named("less")
cdef Op op_less_equal = op_named("less_equal")
cdef Op op_greater = op_named("greater")
cdef Op op_greater_equal = op_named("greater_equal")
cdef Op op_equal = op_named("equal")
cdef Op op_not_equal = op_named("not_equal")
cdef Op op_negative = op_named("negative")
cdef Op op_abs = op_named("abs")
cdef Op op_bitwise_invert = op_named("bitwise_invert")
cdef Op op_astype = op_named("astype")


cdef bint is_operand(object value):
    return isinstance(value, Tensor) or isinstance(value, (int, float)) or isinstance(value, array_types)


cdef object binary(Op op, object left, object right):
    cdef PyObject** operands = [<PyObject*>left, <PyObject*>right]
    cdef object result = run_like_recent(op, operands, 2)
    if result is not None:
        return result
    if not is_operand(left) or not is_operand(right):
        return NotImplemented
    return apply_op(op, (left, right), None)


cdef object apply_op(Op op, tuple inputs, dict attributes):
    cdef PyObject* recorder = current_recorder()
    cdef PyObject* builder
    cdef object results
    if attributes is None:
        results = run_like_recent(op, tuple_items(inputs), len(inputs))
        if results is not None:
            return results
    builder = recorder if recorder == NULL else current_builder()
    if builder != NULL:
        results = (<object>builder).record(op.name, inputs, attributes or {})
        if op.gives_view:
            (<object>builder).module.aliases.note_view(results[0], op.name, inputs, attributes or {})
    else:
        results = run_op(op, inputs, attributes) if recorder == NULL else run_told(op, inputs, attributes)
        if op.gives_view:
            note_view(results[0], inputs)
    return results[0] if len(results) == 1 else results


# `x op= other`: into the object x, except for a 0-d one, which is as a number is to Python.
cdef object augmented(Op op, Tensor x, object other):
    if not is_operand(other):
        return NotImplemented
    if type(x) is EagerTensor:
        if (<EagerTensor>x).value.shape().rank() == 0:
            return binary(op, x, other)
        return augmented_eager(op, x, other)
    if not (<SymbolicTensor>x).dims:
        return binary(op, x, other)
    # In `x[i] += v` the part is a temporary, which Python assigns to x[i] afterwards.
    above.ops.augment(x, op.name, other, is_temporary(x) and runs_operator())
    return x


cdef EagerTensor augmented_eager(Op op, EagerTensor x, object other):
    check_changeable(x)
    if x.view is not None and not (is_temporary(x) and runs_operator()):
        check_no_view(x)
    cdef EagerTensor result = binary(op, x, other)
    if result.value.dtype() != x.value.dtype() or not result.value.shape() == x.value.shape():
        result = above.ops.fitted_result(result, x, op.name)
    x.value = result.value
    if current_recorder() != NULL:
        tell("became", (x, result))
    return x


# The result of an op on values that are like those of a recent call; None if they are not.
cdef EagerTensor run_like_recent(Op op, PyObject** operands, size_t count):
    cdef EagerTensor result
    cdef shared_ptr[CPlannedRun] planned
    if current_recorder() != NULL:
        return None
    planned = op.recent.find(operands, count)
    if planned.get() == NULL:
        return None
    result = EagerTensor.__new__(EagerTensor)
    check(op.recent.run(planned.get()[0], result.value), None)
    return result


def apply(str op, tuple inputs, dict attributes=None):
    """Record an op in the graph being traced, or run it at once; a tuple for several results."""
    return apply_op(op_named(op), inputs, attributes)


def apply_to_variable(str op, Variable variable, tuple inputs, dict attributes=None):
    """Record or run an op that changes a variable. Its errors name the variable."""
    cdef PyObject* builder = current_builder()
    try:
        if builder != NULL:
            (<object>builder).change_variable(op, variable, inputs, attributes or {})
        else:
            if current_recorder() != NULL:
                inputs = read_variables(inputs)
            run_update(op_named(op), variable, inputs, attributes)
            if current_recorder() != NULL:
                tell("changed", (op, variable, inputs, attributes or {}))
    except (TypeError, ValueError) as error:
        if not variable.name:
            raise
        raise type(error)(f"{variable.label()}: {error}") from None


# Runs an op, and tells the recorder. Of a variable its value is an input.
cdef tuple run_told(Op op, tuple inputs, dict attributes):
    inputs = read_variables(inputs)
    results = run_op(op, inputs, attributes)
    tell("ran", (op.name, inputs, attributes or {}, results))
    return results


# Inputs with the values of variables in their places; the recorder is told of these reads.
cdef tuple read_variables(tuple inputs):
    return tuple([(<Variable>value).read() if type(value) is Variable else value for value in inputs])


# With `over`, the result takes the place of the first input.
cdef tuple run_op(Op op, tuple inputs, dict attributes, bint over=False):
    cdef vector[CTensor] tensors
    cdef vector[CTensor] outputs
    cdef vector[CAttribute] parsed
    cdef shared_ptr[CPlannedRun] planned
    promoted_inputs(op, inputs, None, tensors)
    check(parse_attributes(op.row[0], <PyObject*>attributes if attributes is not None else NULL, parsed), None)
    if over:
        outputs.push_back(tensors[0])
    check(run_eager(op.row[0], parsed, tensors, outputs, planned), None)
    if attributes is None:
        op.recent.remember(tuple_items(inputs), tensors, planned)
    return tuple([wrap(output) for output in outputs])


# Runs an op on a variable at once.
cdef int run_update(Op op, Variable variable, tuple inputs, dict attributes) except -1:
    cdef vector[CTensor] tensors
    cdef vector[CAttribute] parsed
    promoted_inputs(op, inputs, variable, tensors)
    check(parse_attributes(op.row[0], <PyObject*>attributes if attributes is not None else NULL, parsed), None)
    check(run_eager_update(op.row[0], parsed, variable.place.get(), tensors), None)
    return 0


# The inputs as tensors of the dtypes that the op demands; of an op on a variable, what follows that.
cdef int promoted_inputs(Op op, tuple inputs, Variable variable, vector[CTensor]& tensors) except -1:
    cdef vector[COperand] operands
    cdef vector[CDType] dtypes
    cdef cbool weak = False
    cdef COperand own
    cdef CTensor tensor
    cdef size_t i
    cdef size_t count = len(inputs)
    cdef size_t first = 0
    if variable is not None:
        own.dtype = variable.place.get().dtype()
        own.weak = False
        operands.push_back(own)
        first = 1
    if not takes_inputs(op.row[0], first + count):
        raise TypeError(f"{op.name} does not take {first + count} arrays")
    for i in range(count):
        tensor = CTensor()
        operands.push_back(operand_of(inputs[i], &tensor, op, first + i))
        tensors.push_back(tensor)
    check(promote_operands(op.row[0], operands, dtypes, weak), None)
    for i in range(count):
        if tensors[i].buffer().get() == NULL:
            if not scalar_from_python(inputs[i], dtypes[first + i], tensors[i]):
                raise_current()
        elif tensors[i].dtype() != dtypes[first + i]:
            tensors[i] = converted(tensors[i], dtypes[first + i])
    return 0


def apply_in_place(str op, tuple inputs, dict attributes):
    """Run an op of one result at once; over the first input's memory where nothing else uses that.

    For ops that change a part of their first input, which has the type of the result.
    """
    if current_recorder() != NULL:
        return run_told(op_named(op), inputs, attributes)[0]
    cdef EagerTensor target = inputs[0]
    cdef bint over = target.value.is_unshared()
    cdef Op row = op_named(op)
    for other in inputs[1:]:
        if type(other) is EagerTensor and (<EagerTensor>other).value.buffer().get() == target.value.buffer().get():
            over = False
    return run_op(row, inputs, attributes, over)[0]


# An operand's dtype, and its tensor; a Python number has none until promotion has said which dtype it takes.
cdef COperand operand_of(object value, CTensor* tensor, Op op, size_t position) except *:
    cdef COperand operand
    kind = type(value)
    operand.weak = False
    operand.scalar = True
    if kind is EagerTensor:
        tensor[0] = (<EagerTensor>value).value
        operand.dtype = tensor.dtype()
    elif isinstance(value, array_types):
        tensor[0] = tensor_of_array(np.asarray(value), True)
        operand.dtype = tensor.dtype()
    elif isinstance(value, bool):
        operand.dtype = CDType.bool_
    elif isinstance(value, int):
        operand.dtype = CDType.int64
        operand.weak = True
    elif isinstance(value, float):
        operand.dtype = CDType.float64
        operand.weak = True
    elif kind is Variable:
        tensor[0] = (<Variable>value).place.get().read()
        operand.dtype = tensor.dtype()
    elif kind is SymbolicTensor:
        raise leaked(value)
    elif hasattr(kind, "__pygraph_tensor__"):
        return operand_of(value.__pygraph_tensor__(), tensor, op, position)
    else:
        raise TypeError(f"{op.name}: argument {position + 1} must be a tensor, a NumPy array or a number, got {kind.__name__}")
    if tensor.buffer().get() != NULL:
        operand.scalar = tensor.shape().rank() == 0
    return operand


cdef CTensor converted(const CTensor& tensor, CDType dtype) except *:
    cdef vector[CAttribute] parsed
    cdef vector[CTensor] inputs
    cdef vector[CTensor] outputs
    cdef shared_ptr[CPlannedRun] planned
    attributes = {"dtype": (<DType>dtype_objects[from_dtype(dtype)]).name}
    check(parse_attributes(op_astype.row[0], <PyObject*>attributes, parsed), None)
    inputs.push_back(tensor)
    check(run_eager(op_astype.row[0], parsed, inputs, outputs, planned), None)
    return outputs[0]


cdef object leaked(SymbolicTensor tensor):
    return tensor.builder.leak_error(tensor)


cdef inline int check(const Failure& failure, CompiledGraph graph) except -1:
    return 0 if failure.get() == NULL else fail(failure.get()[0], graph)


cdef int fail(const RunError& error, CompiledGraph graph) except -1:
    if error.kind == -1:  # the exception is set
        if graph is None or above.add_lines is None:
            return -1
        try:
            raise_current()
        except BaseException as stopped:
            above.add_lines(stopped, fault_chain(graph.executable.get().inlined(), error))
            raise stopped
    kind = <object>exception_type(to_kind(error.kind))
    message = error.message.decode("utf-8", "replace")
    raised = raised_parts(error)
    if above.raise_fault is None or (graph is None and raised is None):
        raise kind(message)
    if graph is None:
        above.raise_fault(kind, message, (), raised)
    above.raise_fault(kind, message, fault_chain(graph.executable.get().inlined(), error), raised, graph.exceptions)
    return 0


def exchange_marker(marker):
    """Make a function (or None) what stands for the text of tensors in this thread; return the former one.

    The caller keeps it alive.
    """
    cdef PyObject* former = current_marker()
    if marker is None:
        set_current_marker(NULL)
    else:
        set_current_marker(<PyObject*>marker)
    return None if former == NULL else <object>former


# What tracing takes between two questions how much there is, and to turn an error into a traceback.
cdef size_t least_stack = 80 * 1024


def require_stack():
    """Raise RecursionError where this thread's stack is too small to go one level deeper into a trace."""
    if stack_left() < least_stack:
        raise RecursionError(
            "control flow or calls nest too deep for this thread's stack while they are traced: trace in "
            "the main thread, or start threads after threading.stack_size(8 * 1024 * 1024)"
        )
