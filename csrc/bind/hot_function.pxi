# Included by hot.pyx: compiled graphs, and the way of a call from arguments to results.

cdef class CompiledGraph:
    """A planned graph and how its results become what the Python function returned."""

    cdef shared_ptr[CExecutable] executable
    cdef bint single
    cdef list template     # per leaf of the result: the index of an output, or a Constant
    cdef object structure  # of the result
    cdef object __weakref__

    def __init__(self, capsule, list template, structure):
        self.executable = executable_from(capsule)
        self.template = template
        self.structure = structure
        self.single = structure.kind == "leaf" and type(template[0]) is int

    def run_flat(self, tuple tensors):
        """Run on tensors in the order of the graph's inputs, checked against their types."""
        cdef vector[CTensor] inputs
        cdef EagerTensor tensor
        for value in tensors:
            tensor = value
            inputs.push_back(tensor.value)
        return self.run(inputs, True)

    cdef object run(self, const vector[CTensor]& inputs, bint checked):
        cdef vector[CTensor] outputs
        cdef size_t i
        check(run_executable(self.executable.get()[0], inputs, outputs, checked), self)
        if self.single:
            return wrap(own(outputs[0]))
        leaves = []
        for entry in self.template:
            if type(entry) is int:
                i = entry
                leaves.append(wrap(own(outputs[i])))
            else:
                leaves.append((<Constant>entry).value)
        return assemble(self.structure, iter(leaves))


# The nested value of a structure (pygraph.graph.structure) with the leaves in it. The kinds made of plain containers are
# put together here, without Python code; the structure itself knows the others.
cdef object assemble(object structure, object leaves):
    kind = structure.kind
    if kind == "leaf":
        return next(leaves)
    if kind == "none":
        return None
    if kind == "tuple":
        return tuple([assemble(child, leaves) for child in structure.children])
    if kind == "list":
        return [assemble(child, leaves) for child in structure.children]
    return structure.assemble([assemble(child, leaves) for child in structure.children])


@cython.final
cdef class Constant:
    """A leaf of a result that is no tensor: a Python value known since the trace."""

    cdef readonly object value

    def __init__(self, value):
        self.value = value


# A result that would alias memory borrowed from NumPy gets memory of its own.
cdef CTensor own(const CTensor& tensor) except *:
    cdef CTensor copy
    if tensor.buffer().get().owned():
        return tensor
    copy = new_tensor(tensor.dtype(), tensor.shape())
    if copy.bytes() != 0:
        memcpy(copy.data(), tensor.data(), copy.bytes())
    return copy


cdef object key_of(EagerTensor tensor):
    if tensor._key is None:
        tensor._key = tensor_key(tensor.value)
    return tensor._key


cdef object tensor_key(const CTensor& tensor):
    cdef char bytes[1 + 16 * 8]
    cdef int rank = tensor.shape().rank()
    bytes[0] = <char>from_dtype(tensor.dtype())
    memcpy(bytes + 1, tensor.shape().begin(), rank * sizeof(int64_t))
    return PyBytes_FromStringAndSize(bytes, 1 + rank * sizeof(int64_t))


# Whether Functions run their Python code as it is.
cdef bint run_eagerly = False


def set_run_eagerly(bint value):
    """Set whether Functions run eagerly, for debugging; return what it was."""
    global run_eagerly
    former = run_eagerly
    run_eagerly = value
    return former


cdef class FunctionCore:
    """The call path of a Function: from arguments to a trace key to a cached graph to results."""

    cdef readonly object python_function
    cdef readonly dict graphs   # trace key -> CompiledGraph
    cdef Py_ssize_t arity       # how many positional arguments need no binding; -1: always bind
    cdef object fixed_key       # the key of the only graph of a function with an input signature
    cdef object __weakref__

    def __init__(self, python_function, Py_ssize_t arity, fixed_key=None):
        self.python_function = python_function
        self.fixed_key = fixed_key
        self.graphs = {}
        self.arity = arity

    def __call__(self, /, *args, **kwargs):
        cdef vector[CTensor] inputs
        cdef list parts
        if current_builder() != NULL:
            return self.call_while_tracing(args, kwargs)
        if run_eagerly:
            return self.python_function(*args, **kwargs)
        if len(kwargs) != 0 or len(args) != self.arity:
            args = self.bind(args, kwargs)
        parts = []
        for value in args:
            encode(self, value, parts, inputs)
        key = tuple(parts) if self.fixed_key is None else self.fixed_key
        graph = self.graphs.get(key)
        if graph is None:
            graph = self.trace(key, args)
        return (<CompiledGraph>graph).run(inputs, False)

    def key_of_arguments(self, tuple args):
        """Return the trace key of canonical arguments."""
        cdef vector[CTensor] inputs
        cdef list parts = []
        for value in args:
            encode(self, value, parts, inputs)
        return tuple(parts)

    def tensors_of_arguments(self, tuple args):
        """Return the tensors among canonical arguments, in the order of a graph's inputs."""
        cdef vector[CTensor] inputs
        cdef list parts = []
        for value in args:
            encode(self, value, parts, inputs)
        return tuple([wrap(tensor) for tensor in inputs])


# Appends an argument's part of the trace key and its tensors.
cdef int encode(FunctionCore function, object value, list parts, vector[CTensor]& inputs) except -1:
    cdef CTensor tensor
    kind = type(value)
    if kind is EagerTensor:
        parts.append(key_of(<EagerTensor>value))
        inputs.push_back((<EagerTensor>value).value)
    elif kind is int or kind is bool or kind is str or kind is bytes or value is None:
        parts.append(kind)
        parts.append(value)
    elif kind is float:
        parts.append(kind)
        parts.append(float_key(value))
    elif kind is tuple or kind is list:
        parts.append(kind)
        parts.append(len(value))
        for item in value:
            encode(function, item, parts, inputs)
    elif kind is dict:
        keys = sorted_keys(<dict>value)
        parts.append(kind)
        parts.append(keys)
        for item in keys:
            encode(function, (<dict>value)[item], parts, inputs)
    elif isinstance(value, (np.ndarray, np.generic)):
        tensor = tensor_of_array(np.asarray(value), True)
        parts.append(tensor_key(tensor))
        inputs.push_back(tensor)
    else:
        leaves, described = function.describe_argument(value)
        parts.append(described)
        for item in leaves:
            encode(function, item, parts, inputs)
    return 0


# In sorted order, so that insertion order makes no difference; keys of unlike types have none.
cdef tuple sorted_keys(dict value):
    try:
        return tuple(sorted(value))
    except TypeError:
        return tuple(value)


# The bits: -0.0 is not 0.0, and a NaN equals itself.
cdef object float_key(double value):
    cdef int64_t bits
    memcpy(&bits, &value, sizeof(bits))
    return bits
