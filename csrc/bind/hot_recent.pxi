# Included by hot.pyx: how a Function remembers a call that went by the trace key (call_pattern.hpp), and runs one like it.

cdef EagerTensor _any_tensor = EagerTensor.__new__(EagerTensor)
set_tensor_layout(EagerTensor, <char*>&_any_tensor.value - <char*><PyObject*>_any_tensor)


# Takes the arguments of a call apart as `encode` does, into the parts of a pattern.
cdef class CallRecorder:
    cdef CCallPattern* pattern
    cdef object number_inputs     # as in TraceKey
    cdef Py_ssize_t argument
    cdef Py_ssize_t numbers_seen
    cdef uint32_t inputs          # so far
    cdef bint literals_only       # objects may die before the graph
    cdef Py_ssize_t wanted        # how many inputs the graph takes, 0 where there can't be another number

    # False where a part can only be compared by its trace key.
    cdef bint record(self, object value, vector[CPart]& parts) except -1:
        cdef CPart part
        kind = type(value)
        part.type = <PyObject*>kind
        if kind is tuple or kind is list or is_plain_namedtuple(kind):
            return self.record_items(value, parts)
        if kind is dict:
            return self.record_dict(<dict>value, parts)
        if kind is EagerTensor:
            part.kind = PartKind.tensor
            self.add_type(part, (<EagerTensor>value).value)
        elif kind is np_ndarray:
            if not is_normal(value):
                return False  # each call copies the elements
            part.kind = PartKind.array
            descriptor = value.dtype
            self.pattern.keep(descriptor)
            part.object = <PyObject*>descriptor
            self.add_type(part, tensor_of_array(value, True))
        elif isinstance(value, np.generic):
            part.kind = PartKind.scalar
            part.input = self.next_input()
        elif kind is int or kind is float:
            self.add_number(part, value)
        elif is_plain_dataclass(kind):
            return self.record_fields(value, fields_of(kind), parts)
        elif not self.add_object(part, value, kind):
            return False
        parts.push_back(part)
        return True

    cdef int add_type(self, CPart& part, const CTensor& tensor) except -1:
        part.dtype = tensor.dtype()
        part.rank = <uint16_t>tensor.shape().rank()
        part.first = self.pattern.push_dims(tensor.shape().begin(), tensor.shape().rank())
        part.input = self.next_input()
        return 0

    cdef uint32_t next_input(self):
        self.inputs += 1
        return self.inputs - 1

    cdef int add_number(self, CPart& part, object value) except -1:
        cdef int overflow = 0
        kind = type(value)
        number = PyLong_AsLongLongAndOverflow(value, &overflow) if kind is int else 0
        place = self.argument, self.numbers_seen
        self.numbers_seen += 1
        if overflow != 0:
            self.add_same(part, value)
        elif self.number_inputs is not None and place in self.number_inputs:
            part.kind = PartKind.any_int if kind is int else PartKind.any_float
            part.input = self.next_input()
        else:
            part.kind = PartKind.integer if kind is int else PartKind.real
            part.value = number if kind is int else bits_of(value)
        return 0

    # What is the same only if it is the same object. The key tells which other objects are compared so; they need no
    # reference, since a graph goes before they do.
    cdef bint add_object(self, CPart& part, object value, object kind) except -1:
        cdef CTensorList inputs
        cdef TraceKey key
        if value is None or kind is bool or kind is str or kind is bytes or kind is complex:
            self.add_same(part, value)
            return True
        if self.literals_only:
            return False
        key = TraceKey.__new__(TraceKey)
        encode(value, key, inputs)
        part.kind = PartKind.same
        part.object = <PyObject*>value
        return key.words.is_identity(TAG_IDENTITY)

    cdef int add_same(self, CPart& part, object value) except -1:
        self.pattern.keep(value)
        part.kind = PartKind.same
        part.object = <PyObject*>value
        return 0

    cdef bint record_items(self, object items, vector[CPart]& parts) except -1:
        cdef CPart part
        part.kind = PartKind.items
        kind = type(items)
        part.type = <PyObject*>kind
        part.value = len(items)
        parts.push_back(part)
        for item in items:
            if not self.record(item, parts):
                return False
        return True

    # The inputs are numbered in the order of the sorted keys; the parts come in the dict's own.
    cdef bint record_dict(self, dict value, vector[CPart]& parts) except -1:
        cdef CPart part
        cdef vector[vector[CPart]] values
        cdef list names = list(value)
        cdef size_t i
        if any([type(name) is not str for name in names]):
            return False
        part.kind = PartKind.dict
        part.type = <PyObject*>dict
        part.value = len(names)
        part.first = self.pattern.push_keys(tuple(names))
        parts.push_back(part)
        positions = {name: position for position, name in enumerate(names)}
        values.resize(len(names))
        for name in sorted_keys(value):
            i = positions[name]
            if not self.record(value[name], values[i]):
                return False
        for i in range(values.size()):
            parts.insert(parts.end(), values[i].begin(), values[i].end())
        return True


    cdef bint record_fields(self, object value, tuple names, vector[CPart]& parts) except -1:
        cdef CPart part
        part.kind = PartKind.fields
        kind = type(value)
        part.type = <PyObject*>kind
        part.value = len(names)
        part.version = version_of_plain_fields(value, names)
        if part.version == 0:
            return False
        part.first = self.pattern.push_keys(names)
        parts.push_back(part)
        for name in names:
            if not self.record(getattr(value, name), parts):
                return False
        return True


# Whether `encode_class` takes instances apart in this way, and Python code of the class has no part in it.
cdef bint is_plain_namedtuple(object kind) except -1:
    return issubclass(kind, tuple) and hasattr(kind, "_fields") and kind.__iter__ is tuple.__iter__ and is_unregistered(kind)


cdef bint is_plain_dataclass(object kind) except -1:
    return hasattr(kind, "__dataclass_fields__") and is_unregistered(kind) and not issubclass(kind, (tuple, Enum))


cdef bint is_unregistered(object kind) except -1:
    return kind not in above.registered_classes and not hasattr(kind, "__pygraph_trace_type__")


# Remembers a call that led to a graph. `sources` says of each parameter which of the arguments as passed it is.
cdef int remember(CRecentCalls* recent, CallRecorder recorder, CompiledGraph graph, PyObject** args, Py_ssize_t count, PyObject* names, list sources) except -1:
    cdef unique_ptr[CCallPattern] pattern
    cdef vector[vector[CPart]] passed
    cdef Py_ssize_t position
    cdef size_t i, j
    pattern.reset(new CCallPattern(count, names, weakref.ref(graph)))
    recorder.pattern = pattern.get()
    passed.resize(count + (0 if names == NULL else len(<tuple>names)))
    for recorder.argument, source in enumerate(sources):
        recorder.numbers_seen = 0
        for position in source:
            if not recorder.record(<object>args[position], passed[position]):
                return 0
    if recorder.wanted not in (0, recorder.inputs):
        return 0  # a number was made a tensor
    for i in range(passed.size()):
        for j in range(passed[i].size()):
            pattern.get().push(passed[i][j])
    pattern.get().set_input_count(recorder.inputs, graph.hidden.size())
    recent.remember(move(pattern))
    return 0


# Runs the graph of a call that was like one before.
cdef object run_recent(CompiledGraph graph, CCallPattern& pattern):
    cdef CTensorList inputs
    cdef size_t i
    if graph.brief != NULL and (graph.hidden.size() == 0 or graph.hidden.place(pattern.hidden_elements())):
        return graph.run_brief(pattern)
    for i in range(pattern.input_count()):
        push_input(<object>pattern.input(i), inputs)
    return graph.run(inputs, False)


cdef int push_input(object value, CTensorList& inputs) except -1:
    cdef CTensor tensor
    kind = type(value)
    if kind is EagerTensor:
        inputs.push((<EagerTensor>value).value)
        return 0
    if kind is int or kind is float:
        if not scalar_from_python(value, to_dtype((int64 if kind is int else float64).code), tensor):
            raise_current()
    else:
        tensor = tensor_of_array(np.asarray(value), True)
    inputs.push(tensor)
    return 0
