# Included by hot.pyx: how a traced op joins the graph. It happens for every op that a function runs.

Value = namedtuple("Value", ("dtype", "shape", "name", "is_variable"), defaults=("", False))
Node = namedtuple("Node", ("op", "inputs", "attributes", "subgraphs", "location"))


cdef class BuilderCore:
    """One function of the graph being traced, as far as every op needs it.

    `pygraph.graph.Builder` is the whole of it. Value ids are handed out in the order of creation.
    """

    cdef public object module
    cdef public bint closed
    cdef public list values    # Value of each
    cdef public list nodes     # Node of each
    cdef public list weak      # per value
    cdef public list locations   # per value, its location
    cdef public list outputs   # per node, the ids of its results
    cdef public dict constant_values  # by id, the EagerTensors of constants

    def __init__(self, module):
        self.module = module
        self.closed = False
        self.values = []
        self.nodes = []
        self.weak = []
        self.locations = []
        self.outputs = []
        self.constant_values = {}

    cpdef SymbolicTensor new_value(self, DType dtype, tuple dims, bint weak, str name, location):
        """Return the tensor of a new value."""
        self.values.append(Value(dtype.name, dims, name))
        self.weak.append(weak)
        self.locations.append(location)
        return SymbolicTensor.make(self, len(self.values) - 1, dtype, dims, weak, name)

    cpdef append(self, str op, tuple inputs, dict attributes, tuple subgraphs, tuple outputs, location):
        """Append a node."""
        self.nodes.append(Node(op, inputs, attributes, subgraphs, location))
        self.outputs.append(outputs)

    def record(self, str op, tuple inputs, dict attributes, chain=None, SymbolicTensor place=None):
        """Append an op on tensors, NumPy arrays and Python numbers, promoted as the op demands.

        ``chain`` has the user's calls that it stands for, if not those that are running; ``place``
        is the variable that it works on, before all inputs. Raises TypeError or ValueError, naming
        the op, where its inputs do not fit.
        """
        cdef Op row = op_named(op)
        cdef vector[COperand] promoted
        cdef vector[CDType] dtypes
        cdef cbool weak = False
        cdef list operands = [] if place is None else [place]
        cdef Py_ssize_t i
        self.check_open()
        for i in range(len(inputs)):
            operands.append(self.operand(op, len(operands), inputs[i]))
        for operand in operands:
            promoted.push_back(promotion_operand(operand))
        check(promote_operands(row.row[0], promoted, dtypes, weak), None)
        for i in range(len(operands)):
            if type(operands[i]) is not SymbolicTensor or to_dtype((<SymbolicTensor>operands[i]).dtype.code) != dtypes[i]:
                operands[i] = self.lift(operands[i], dtype_objects[from_dtype(dtypes[i])])
        return self.record_exact(op, operands, attributes, (), weak, None, chain)

    # An input as a tensor of this builder's, or as the Python number that it is.
    cdef object operand(self, str op, Py_ssize_t position, value):
        if type(value) is SymbolicTensor:
            self.module.aliases.check(value)
            if (<SymbolicTensor>value).builder is self:
                return value
        # NumPy's float64 is a Python float as well; it has a dtype of its own all the same.
        elif isinstance(value, (int, float)) and not isinstance(value, array_types):
            return value
        return self.lifted_operand(op, position, value)

    def record_exact(
        self, str op, list operands, dict attributes, tuple subgraphs, bint weak, callee=None, chain=None
    ):
        """Append an op on operands that are as it demands them; return its results."""
        cdef Op row = op_named(op)
        cdef CInference inference
        cdef SymbolicTensor operand, output
        cdef list results = []
        cdef list ids = []
        cdef size_t i
        for operand in operands:
            ids.append(operand.id)
            constant = self.constant_values.get(operand.id)
            add_type(inference.inputs, self.values[operand.id])
            if constant is None:
                inference.values.push_back(NULL)
            else:
                inference.values.push_back(<const void*>(<EagerTensor>constant).value.data())
        for subgraph in subgraphs:
            parameters, declared = subgraph.signature()
            add_signature(inference, parameters, declared)
        if callee is not None:
            add_signature(inference, [self.values[i] for i in ids], callee.result_types)
        inference.symbol_count = self.module.symbol_count
        check(parse_attributes(row.row[0], <PyObject*>attributes, inference.attributes), None)
        check(infer_types(row.row[0], inference), None)
        self.module.symbol_count = inference.symbol_count
        location = self.location(chain)
        for i in range(inference.outputs.size()):
            dtype = dtype_objects[from_dtype(inference.outputs[i].dtype)]
            results.append(self.new_value(dtype, shape_tuple(inference.outputs[i].shape), weak, "", location))
        self.append(op, tuple(ids), attributes, subgraphs, tuple([output.id for output in results]), location)
        return tuple(results)

    def may_misfit(self, node):
        """Return whether the sizes of a node's inputs, where unknown yet, may turn out not to fit."""
        cdef Op row = op_named(node.op)
        cdef CInference inference
        for identifier in node.inputs:
            add_type(inference.inputs, self.values[identifier])
        check(parse_attributes(row.row[0], <PyObject*>node.attributes, inference.attributes), None)
        return may_misfit(row.row[0], inference)

    cpdef check_open(self):
        """Raise RuntimeError once the builder is closed."""
        if self.closed:
            raise RuntimeError(f"the graph of {self.name} is complete; nothing can be added to it")


cdef COperand promotion_operand(value) except *:
    cdef COperand operand
    operand.weak = False
    operand.scalar = True
    if type(value) is SymbolicTensor:
        operand.scalar = len((<SymbolicTensor>value).dims) == 0
        operand.dtype = to_dtype((<SymbolicTensor>value).dtype.code)
        operand.weak = (<SymbolicTensor>value).weak
    elif isinstance(value, bool):
        operand.dtype = CDType.bool_
    else:
        operand.dtype = CDType.int64 if isinstance(value, int) else CDType.float64
        operand.weak = True
    return operand


cdef int add_signature(CInference& inference, parameters, results) except -1:
    cdef vector[CType] parameter_types
    cdef vector[CType] result_types
    for value in parameters:
        add_type(parameter_types, value)
    for value in results:
        add_type(result_types, value)
    inference.add_subgraph(parameter_types, result_types)
    return 0


cdef int add_type(vector[CType]& types, value) except -1:
    cdef CType type
    type.kind = CKind.variable if value.is_variable else CKind.tensor
    type.dtype = to_dtype((<DType>dtype_by_name[value.dtype]).code)
    for dim in <tuple>value.shape:
        type.shape.append(dim)
    types.push_back(type)
    return 0
